"""sandbox: the embedded backend of this home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.parser import add_command, add_json_option
from app.cli.words import words

if TYPE_CHECKING:
    import argparse

    from app.cli.context import Context
    from app.cli.parser import Subparsers


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    group = add_command(
        commands, "sandbox", common, "the embedded backend: everything works with no AWS account"
    )
    actions = group.add_subparsers(dest="action", metavar="ACTION", required=True)
    info = add_command(
        actions, "info", common, "start the sandbox and tell where it is, and its token", _info
    )
    add_json_option(info)
    add_command(actions, "stop", common, "stop the sandbox; what it holds is kept", _stop)
    reset = add_command(actions, "reset", common, "erase the sandbox and everything archived in it", _reset)
    reset.add_argument("--yes", action="store_true", help="really erase")
    add_command(
        actions, "serve", common, "be the sandbox, in this process, until it is stopped or unused", _serve
    )


def _info(arguments: argparse.Namespace, context: Context) -> int:
    info = context.services.sandbox.ensure_running()
    fields = {
        "endpoint": info.endpoint,
        "token": info.token,
        "bucket": info.bucket,
        "region": info.region,
        "owner": info.owner,
        "s3Endpoint": info.s3_endpoint,
        "dataDir": str(info.data_folder),
        "pid": info.pid,
    }
    if arguments.json:
        context.output.json_line(fields)
    else:
        for name, value in fields.items():
            context.output.line(f"{name:<12} {value}")
    return 0


def _stop(arguments: argparse.Namespace, context: Context) -> int:  # noqa: ARG001 - the face of every command
    sandbox, text = context.services.sandbox, words(context.language)
    running = sandbox.peek() is not None
    sandbox.stop()
    context.output.message(text.say("sandbox-stopped" if running else "sandbox-not-running"))
    return 0


def _reset(arguments: argparse.Namespace, context: Context) -> int:
    text = words(context.language)
    if not arguments.yes:
        context.output.message(text.say("sandbox-reset-asks", folder=str(context.services.paths.sandbox)))
        return 2
    context.services.sandbox.reset()
    context.output.message(text.say("sandbox-reset"))
    return 0


def _serve(arguments: argparse.Namespace, context: Context) -> int:  # noqa: ARG001 - the face of every command
    from app.sandbox.lifecycle import idle_seconds  # noqa: PLC0415 - only this process serves
    from app.sandbox.server import serve  # noqa: PLC0415

    return serve(context.services.paths.sandbox, idle_seconds(context.environ))
