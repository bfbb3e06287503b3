"""The guide to the command line is true: what it names is there, and what is there it names."""

from __future__ import annotations

import argparse
import re
import shlex
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast, get_args

import pytest

from app.account.settings import Settings
from app.archiving import content
from app.archiving.checkup import Verdict
from app.archiving.plan import SessionState
from app.cli.main import register
from app.cli.parser import build_parser
from app.errors import ChatLogError, ConfigurationError, FileVanished, LocalError, RemoteError
from app.sessions import notes
from tests.backend.strict_desk import StrictDesk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROJECT = Path(__file__).parents[2]
OPTION, FIELD = ("option", "オプション"), ("field", "フィールド")
GROUPS = {"backend", "profile", "sandbox", "transfers"}

CONTRACT = {
    "list": "source sessionId title project path files size messages model tokens startedAt updatedAt deletedAt state",
    "upload": "path sessionId s3Key versionId size storedSize sha256 state error files",
    "history": "s3Key fileName size lastModified storageClass versionId sessionId",
    "download": "s3Key versionId path size sha256 verified",
    "sandbox info": "endpoint token bucket dataDir",
}
"""What scripts rely on, whatever the guide says."""


# ---- the parser -------------------------------------------------------------------------------------------


def parsers() -> dict[str, argparse.ArgumentParser]:
    """Every command by its words."""

    def below(parser: argparse.ArgumentParser, words: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for name, child in action.choices.items():
                    yield f"{words} {name}".strip(), child
                    yield from below(child, f"{words} {name}".strip())

    return dict(below(build_parser(register), ""))


def words_of(parser: argparse.ArgumentParser) -> set[str]:
    """Its options and arguments, as the guide writes them, without those every command has."""
    found = set()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) or action.dest in {"help", "profile", "home"}:
            continue
        metavar = action.metavar if isinstance(action.metavar, str) else ""
        for name in action.option_strings or [""]:
            found.add(f"{name} {metavar}".strip())
    return found


def test_every_command_is_in_the_guide_and_no_other(page: dict[str, Any]) -> None:
    documented = {heading for heading in page if re.fullmatch(r"[a-z -]+", heading)}
    assert documented == set(parsers())


@pytest.mark.parametrize("command", sorted(set(parsers()) - GROUPS))
def test_every_option_is_in_the_guide_and_no_other(
    page: dict[str, Any], words_in_code: Callable[[str], list[str]], command: str
) -> None:
    documented = {word for cell in page[command].column(*OPTION) for word in words_in_code(cell)}
    assert documented == words_of(parsers()[command])


def test_what_every_command_takes_is_said_once(
    page: dict[str, Any], words_in_code: Callable[[str], list[str]]
) -> None:
    common = next(section for section in page.values() if "`--home DIR`" in section.text)
    documented = {word for cell in common.column(*OPTION) for word in words_in_code(cell)}
    assert documented == {"--profile NAME", "--home DIR", "-h", "--help"}
    for parser in parsers().values():
        assert {"--profile", "--home", "--help"} <= set(parser._option_string_actions)


@pytest.mark.parametrize(
    "name", ["docs/command-line.md", "docs/command-line.ja.md", "README.md", "README.ja.md"]
)
def test_no_option_is_named_that_no_command_has(name: str) -> None:
    known = {option for parser in parsers().values() for option in parser._option_string_actions} | {
        "--version"
    }
    text = (PROJECT / name).read_text(encoding="utf-8")
    outside = re.sub(r"^(uv|make) .*$", "", text, flags=re.MULTILINE)
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", outside)) - known == set()


@pytest.mark.parametrize("name", ["docs/command-line.md", "README.md"])
def test_every_example_is_one_that_the_command_line_understands(
    name: str, blocks_of: Callable[[str], list[str]]
) -> None:
    lines = [line for block in blocks_of(name) for line in block.splitlines()]
    examples = [shlex.split(line, comments=True) for line in lines if line.startswith("chatlog-uploader ")]
    assert len(examples) > 5
    for example in examples:
        words = example[1 : next((at for at, word in enumerate(example) if word in {"|", "||", ">"}), None)]
        build_parser(register).parse_args(words)


# ---- what is printed --------------------------------------------------------------------------------------

OPAQUE = {"counts"}
"""Objects whose names are not fixed."""


def flat(value: dict[str, Any], before: str = "") -> set[str]:
    """The names of a line's fields as the guide writes them."""
    found: set[str] = set()
    for name, inner in value.items():
        found.add(before + name)
        if isinstance(inner, dict) and name not in OPAQUE:
            found |= flat(inner, f"{before}{name}.")
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            found |= set().union(*(flat(entry, f"{before}{name}[].") for entry in inner))
    return found


@pytest.fixture(scope="module")
def printed(shell: Any) -> dict[str, set[str]]:
    """The fields that each command really prints, run one after the other as a person does."""

    def run(command: str, *words: str, code: int = 0) -> list[dict[str, Any]]:
        ran = shell(*command.split(), "--json", *words)
        assert ran.code == code, ran.err
        assert ran.lines
        seen.setdefault(command, set()).update(*map(flat, ran.lines))
        return list(ran.lines)

    seen: dict[str, set[str]] = {}
    run("list")
    dry = shell("upload", "--json", "--all", "--dry-run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content, "take_snapshot", vanished)
        # The companions fail as well: what a failed file prints is the companions' error too.
        run("upload", "--all", code=1)
    uploaded = run("upload", "--all")
    assert {line["state"] for line in uploaded} == {"archived"}
    [listed, *_] = run("transfers list")
    for action in ("pause", "resume", "cancel"):
        # Of what has ended nothing is changed, and it is told of all the same.
        assert run(f"transfers {action}", listed["id"])[0] == listed
    run("history")
    run("history", "--versions", uploaded[0]["s3Key"])
    run("download", uploaded[0]["s3Key"], "--to", "restored")
    run("delete", uploaded[0]["s3Key"])
    run("undelete", uploaded[0]["s3Key"])
    told = shell("sandbox", "info", "--json").lines[0]
    info = SimpleNamespace(data_folder=Path(told["dataDir"]), s3_endpoint=told["s3Endpoint"])
    cold = "chat-logs/sandbox/2026-01-02_cold.jsonl.zst"
    StrictDesk(cast("Any", info)).store(cold, b"cold", StorageClass="GLACIER")
    run("restore", cold)
    run("status")
    run("sandbox info")
    run("profile list")
    run("profile test")
    run("doctor")
    run("doctor --measure")
    joined = shell("sandbox", "info", "--json").lines[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.cli.profile_commands._secret", lambda *_: joined["token"])
        run("profile add", "first-home", "--endpoint", joined["endpoint"], "--token-stdin")
        patch.setattr("app.cli.profile_commands._secret", lambda *_: "wrong")
        shell("profile", "add", "closed", "--endpoint", joined["endpoint"], "--token-stdin")
    run("status", "--profile", "closed", code=1)
    seen["dry run"] = set().union(*map(flat, dry.lines))
    return seen


def vanished(path: Path, *_: object, **__: object) -> Any:
    raise FileVanished(path=str(path))


@pytest.mark.parametrize(
    "command",
    [
        "list",
        "upload",
        "transfers list",
        "history",
        "download",
        "restore",
        "delete",
        "undelete",
        "status",
        "sandbox info",
        "doctor",
    ],
)
def test_every_field_printed_is_in_the_guide_and_no_other(
    page: dict[str, Any],
    words_in_code: Callable[[str], list[str]],
    printed: dict[str, set[str]],
    command: str,
) -> None:
    documented = {word for cell in page[command].column(*FIELD) for word in words_in_code(cell)}
    # A companion's error has the fields that the session's error has.
    assert documented == {name for name in printed[command] if not name.startswith("files[].error.")}


def test_the_fields_of_what_is_measured_are_in_the_guide(
    page: dict[str, Any], words_in_code: Callable[[str], list[str]], printed: dict[str, set[str]]
) -> None:
    (measured,) = [section for section in page.values() if "`measure`" in section.column(*FIELD)]
    documented = {word for cell in measured.column(*FIELD) for word in words_in_code(cell)}
    assert documented == printed["doctor --measure"]


@pytest.mark.parametrize("command", ["profile list", "profile test"])
def test_fields_told_in_a_sentence_are_those_printed(
    page: dict[str, Any],
    words_in_code: Callable[[str], list[str]],
    printed: dict[str, set[str]],
    command: str,
) -> None:
    sentence = re.split(r"^(?:Fields:|フィールド：)", page[command].text, flags=re.MULTILINE)[1]
    assert set(words_in_code(sentence)) == printed[command]


def test_what_profile_add_prints_is_what_profile_list_prints(printed: dict[str, set[str]]) -> None:
    assert printed["profile add"] == printed["profile list"] - {"current"}


def test_a_dry_run_prints_what_the_guide_says(
    page: dict[str, Any], words_in_code: Callable[[str], list[str]], printed: dict[str, set[str]]
) -> None:
    (sentence,) = re.findall(r"^(?:With `--dry-run`|`--dry-run` の行).*$", page["upload"].text, re.MULTILINE)
    assert set(words_in_code(sentence)) - {"--dry-run", "list"} == printed["dry run"]


@pytest.mark.parametrize("command", CONTRACT)
def test_the_fields_that_scripts_rely_on_are_printed(printed: dict[str, set[str]], command: str) -> None:
    assert set(CONTRACT[command].split()) <= printed[command]


def test_every_file_of_a_home_is_in_the_guide(
    page: dict[str, Any], words_in_code: Callable[[str], list[str]], printed: dict[str, set[str]], shell: Any
) -> None:
    rows = [
        row
        for section in page.values()
        for head in ("file", "ファイル")
        for row in section.tables.get(head, [])
    ]
    patterns = [word.rstrip("/") for row in rows for word in words_in_code(row[0])]
    visible = [path for path in shell.home.iterdir() if not path.name.startswith(".")]
    undocumented = [path.name for path in visible if not any(path.match(pattern) for pattern in patterns)]
    # SQLite's own files beside a database that is open.
    assert [name for name in undocumented if not name.endswith(("-wal", "-shm"))] == []
    assert printed


# ---- tables of words --------------------------------------------------------------------------------------


def table(page: dict[str, Any], *heads: str) -> list[list[str]]:
    """The one table with one of these heads."""
    (found,) = [section.tables[head] for section in page.values() for head in heads if head in section.tables]
    return list(found)


def test_states_notes_verdicts_and_settings(
    page: dict[str, Any], words_in_code: Callable[[str], list[str]]
) -> None:
    def first(*heads: str) -> set[str]:
        return {word.partition(":")[0] for row in table(page, *heads) for word in words_in_code(row[0])}

    assert first("state", "状態") == set(get_args(SessionState))
    assert first("setting", "設定") == {field.name for field in fields(Settings)}
    known = {
        value
        for name, value in vars(notes).items()
        if isinstance(value, str) and name.isupper() and not name.startswith("PROBLEM")
    }
    assert first("note", "注記") == known
    verdicts = next(
        row[1]
        for row in page["doctor"].tables[next(iter(page["doctor"].tables.keys() & set(FIELD)))]
        if row[0] == "`verdict`"
    )
    assert set(words_in_code(verdicts)) == set(get_args(Verdict))


def kinds(error: type[ChatLogError]) -> Iterator[type[ChatLogError]]:
    """All classes of the tree but those that only group others."""
    if error not in {ChatLogError, ConfigurationError, LocalError, RemoteError}:
        yield error
    for kind in error.__subclasses__():
        if kind.__module__ == "app.errors":
            yield from kinds(kind)


def test_every_error_code_is_in_the_guide_with_what_it_is_worth_to_try_again(page: dict[str, Any]) -> None:
    yes_no = {"yes": True, "はい": True, "no": False, "いいえ": False}
    rows = next(
        section.tables[head]
        for section in page.values()
        for head in ("code", "コード")
        if len(section.tables.get(head, [])) > 10
    )
    documented = {row[0].strip("`"): yes_no[row[2].rstrip(" |")] for row in rows}
    assert documented == {kind.code: kind.retryable for kind in kinds(ChatLogError)}


def test_every_variable_of_our_own_is_in_the_guide(
    page: dict[str, Any], words_in_code: Callable[[str], list[str]]
) -> None:
    documented = {word for row in table(page, "variable", "変数") for word in words_in_code(row[0])}
    source = "\n".join(path.read_text(encoding="utf-8") for path in (PROJECT / "app").rglob("*.py"))
    own = set(re.findall(r'"((?:CHATLOG|CLAUDE)_[A-Z_]+|LAMBDA_FUNCTION_URL|[A-Z][A-Z_]*CA_BUNDLE)"', source))
    assert own <= documented
    assert {name for name in documented if name.startswith(("CHATLOG", "CLAUDE", "LAMBDA"))} <= own
