"""Prints one output of the deployed stack: python -m tools.stack_output STAGE NAME

NAME is as in the stack: Bucket, Connection, Endpoint, CallersPolicy …
"""

from __future__ import annotations

import argparse
import sys

from tools.operate.aws import Refused, add_options, open_account, run


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="tools.stack_output", description=__doc__)
    parser.add_argument("stage", choices=("dev", "staging", "prod", "emulated"))
    parser.add_argument("name")
    add_options(parser)
    arguments, _ = parser.parse_known_args()
    client = open_account(arguments).client("cloudformation")
    [stack] = client.describe_stacks(StackName=f"chatlog-uploader-{arguments.stage}")["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", ())}
    if arguments.name not in outputs:
        raise Refused(f"The stack has no output {arguments.name}. It has: {', '.join(sorted(outputs))}.")
    sys.stdout.write(outputs[arguments.name] + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
