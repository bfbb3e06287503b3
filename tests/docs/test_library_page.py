"""The examples of the library's page run as they stand, from the first to the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.archiving.uploader_api import ChatLogUploader

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


def test_the_examples_run(
    shell: Any, blocks_of: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    known: dict[str, Any] = {}
    examples = blocks_of("docs/library.md", "python")
    assert len(examples) == 5
    for example in examples:
        exec(compile(example, "docs/library.md", "exec"), known)  # noqa: S102 - our own page
    printed = capsys.readouterr().out
    assert printed.startswith("archived\nchat-logs/sandbox/")
    assert printed.splitlines()[-2:] == ["body-damaged", "file-vanished gone.md False"]
    stored, result = known["stored"], known["result"]
    assert stored.sha256 == result.main.sha256


def test_the_three_methods_are_on_the_page(blocks_of: Callable[..., list[str]]) -> None:
    text = "\n".join(blocks_of("docs/library.md", "python") + blocks_of("docs/library.ja.md", "python"))
    for name in ("get_presigned_url", "upload_to_s3", "robust_upload"):
        assert callable(getattr(ChatLogUploader, name))
        assert f".{name}(" in text
