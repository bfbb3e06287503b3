"""Makes a home with sessions that look like a person's: for screenshots and for trying the window by hand.

    tools/example_home.py FOLDER [--sessions 24]

FOLDER/claude becomes CLAUDE_CONFIG_DIR. Titles, projects, ages and sizes are those of a made-up developer, in Japanese
and English; the same arguments make the same sessions, as old as they say on the day they are made.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Example:
    """One session: how old in days, how large in kilobytes."""

    title: str
    project: str
    days: float
    kilobytes: int


EXAMPLES = (
    Example("ログ同期の修正とリトライ処理の見直し", "v209", 29.2, 14_000),
    Example("Fix the S3 bucket policy for media uploads", "media-viewer", 28.4, 2_100),
    Example("Lambda retries double the request count", "media-viewer", 26.1, 402),
    Example("Presigned URL のチェックサム検証を追加", "chat-log-uploader", 25.3, 5_800),
    Example("Split the importer into small modules", "billing-core", 25.0, 1_200),
    Example("Migrate state.db and keep a copy first", "chat-log-uploader", 24.2, 780),
    Example("Why is the search slow with 30,000 rows?", "chat-log-uploader", 23.7, 3_400),
    Example("認証トークンの期限切れで画面が固まる問題", "team-portal", 22.5, 4_700),
    Example("Write the operator guide, first draft", "docs", 21.9, 310),
    Example("Draw a line icon set on a 16 px grid", "design", 21.1, 1_900),
    Example("Reproduce the multipart resume bug", "chat-log-uploader", 20.4, 9_600),
    Example("Bump the AWS library and fix the type stubs", "infra", 18.0, 520),
    Example("請求書 PDF の文字化けを直す", "billing-core", 17.3, 2_200),
    Example("Explain the audit trail's cost to finance", "infra", 16.2, 140),
    Example("Weekly review notes and open questions", "notes", 15.8, 96),
    Example("Set up KMS key rotation", "infra", 14.5, 640),
    Example("テストが夜間だけ失敗する原因を調べる", "team-portal", 13.0, 12_300),
    Example("Dark mode: contrast of disabled text", "design", 12.2, 400),
    Example("Compare zstd levels on real logs", "benchmarks", 7.4, 270),
    Example("Parse the old history into runs", "chat-log-uploader", 6.6, 880),
    Example("Rename the modules, keep the tests green", "billing-core", 5.1, 1_100),
    Example("社内ポータル移行の設計メモ", "team-portal", 3.0, 2_400),
    Example("Plan the quarter with the team", "notes", 1.2, 11),
    Example("Compare three schema tools", "infra", 0.1, 204),
)

POLICY = """```json
"StringNotEquals": {
  "s3:x-amz-server-side-encryption":
    "aws:kms" }
```"""


def lines_of(example: Example, session_id: str, now: datetime) -> list[dict[str, Any]]:
    """The records of a Claude Code log: a question, an answer with tool calls, thanks."""
    begun = now - timedelta(days=example.days, minutes=9)
    japanese = not example.title.isascii()
    question = (
        "夜間の同期が途中で止まります。原因を調べて、リトライ処理も見直してください。"
        if japanese
        else "Uploads from the viewer fail with 403 since this morning. Please find out why and fix it."
    )
    plan = (
        "まずログを確認し、`retry.py` の待ち時間の計算と比べます。"
        if japanese
        else "I'll start with the policy that is live now, then compare it with the one in `serverless.yml`."
    )
    cause = (
        "待ち時間に上限がないため、3 回目以降の再試行が **1 時間以上先**になっていました。次のように上限を設けます。\n\n"
        "```python\nwait = wait_exponential_jitter(\n    initial=1, max=60)\n```\n\n- 認証エラーは再試行しません\n- 失敗の種類ごとに分けました"
        if japanese
        else f"The deny rule asks for `aws:kms`, but the viewer sends no encryption header. S3 then refuses the request before it looks at the role:\n\n{POLICY}\n\n"
        "With bucket default encryption the header is **not needed**. I removed the condition and kept the one that names the key."
    )
    thanks = (
        "ありがとう。テストも追加してください。"
        if japanese
        else "Good. Please mend the message in the error, too."
    )
    calls = [
        ("Bash", {"command": "aws s3api get-bucket-policy --bucket media"}, "{}", False),
        ("Edit", {"file_path": "infrastructure/bucket.yml"}, "updated", False),
        ("Bash", {"command": "make test"}, "Error: Exit code 1\n1 failed, 41 passed", True),
    ]
    made: list[dict[str, Any]] = []

    def add(kind: str, message: dict[str, Any], minutes: float) -> None:
        made.append(
            {
                "type": kind,
                "message": message,
                "uuid": f"{session_id}-{len(made)}",
                "sessionId": session_id,
                "cwd": f"/home/aki/projects/{example.project}",
                "gitBranch": "main",
                "timestamp": (begun + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z"),
            }
        )

    def say(number: int, content: list[dict[str, Any]], minutes: float) -> None:
        usage = {"input_tokens": 1200, "output_tokens": 340, "cache_read_input_tokens": 46_000}
        message = {
            "id": f"msg_{number}",
            "role": "assistant",
            "model": "claude-sonnet-4-5",
            "content": content,
        }
        add("assistant", {**message, "usage": usage}, minutes)

    made.append({"type": "custom-title", "customTitle": example.title, "sessionId": session_id})
    add("user", {"role": "user", "content": question}, 2)
    say(1, [{"type": "text", "text": plan}], 2.2)
    for number, (name, arguments, output, failed) in enumerate(calls):
        identity = f"tool_{number}"
        say(1, [{"type": "tool_use", "id": identity, "name": name, "input": arguments}], 2.5 + number)
        result = {"type": "tool_result", "tool_use_id": identity, "content": output, "is_error": failed}
        add("user", {"role": "user", "content": [result]}, 2.6 + number)
    say(2, [{"type": "text", "text": cause}], 6)
    add("user", {"role": "user", "content": thanks}, 9)
    return made


def padding(chance: random.Random, session_id: str, wanted: int) -> str:
    """The rest of a day's work: short messages between long tool results, which are most of a real log's bytes.

    What a tool gave stands in its line three times, so that it packs about as well as real logs do.
    """
    lines: list[str] = []
    number = 100
    while wanted > 0:
        output = chance.randbytes(min(wanted // 8, chance.randrange(500, 12_000))).hex()
        turns: list[tuple[str, dict[str, Any]]] = [
            ("user", {"role": "user", "content": "Please go on."}),
            (
                "assistant",
                {"id": f"msg_{number}", "role": "assistant", "content": [{"type": "text", "text": "Done."}]},
            ),
            (
                "user",
                {
                    "role": "user",
                    "content": [{"type": "tool_result", "tool_use_id": "none", "content": output * 3}],
                },
            ),
        ]
        for kind, message in turns:
            line = json.dumps({"type": kind, "sessionId": session_id, "message": message}) + "\n"
            lines.append(line)
            wanted -= len(line)
        number += 1
    return "".join(lines)


def make(folder: Path, count: int, now: datetime) -> list[Path]:
    """Write `count` sessions below folder/claude; the files, in the order of the examples."""
    chance = random.Random(7)  # noqa: S311 - the same every time
    paths = []
    for number in range(count):
        example = EXAMPLES[number % len(EXAMPLES)]
        if number >= len(EXAMPLES):
            example = Example(
                f"{example.title} ({number // len(EXAMPLES) + 1})",
                example.project,
                chance.uniform(0.2, 27),
                chance.randrange(4, 90),
            )
        session_id = f"{chance.getrandbits(32):08x}-0000-4000-8000-{number:012x}"
        project = folder / "claude" / "projects" / f"-home-aki-projects-{example.project}"
        project.mkdir(parents=True, exist_ok=True)
        path = project / f"{session_id}.jsonl"
        text = "".join(
            json.dumps(line, ensure_ascii=False) + "\n" for line in lines_of(example, session_id, now)
        )
        filler = padding(chance, session_id, example.kilobytes * 1000 - len(text.encode()))
        path.write_text(text + filler, encoding="utf-8")
        touched = (now - timedelta(days=example.days)).timestamp()
        os.utime(path, (touched, touched))
        paths.append(path)
    return paths


def main() -> int:
    """Make them; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sessions", type=int, default=len(EXAMPLES))
    arguments = parser.parse_args()
    made = make(arguments.folder, arguments.sessions, datetime.now(UTC))
    print(f"{len(made)} sessions in {arguments.folder / 'claude'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
