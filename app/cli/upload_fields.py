"""The JSON lines that `upload` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from app.archiving.archive import SessionOutcome
    from app.cli.context import Context
    from app.errors import ChatLogError
    from app.transfer.content import Outcome


def session_fields(outcome: SessionOutcome, context: Context, profile: str) -> dict[str, Any]:
    """The JSON line of a session's outcome; `profile` is where it was to be archived."""
    main, *companions = outcome.files
    return {
        "profile": profile,
        "path": str(outcome.session.path),
        "source": outcome.session.source,
        "sessionId": outcome.session.session_id,
        **_stored(main.outcome),
        "state": outcome.state,
        "error": _error(outcome.error, context),
        "files": [
            {
                "path": str(entry.file.path),
                "relativePath": entry.file.relative_path,
                **_stored(entry.outcome),
                "state": entry.outcome.state,
                "error": _error(entry.outcome.error, context),
            }
            for entry in companions
        ],
    }


def rescued_fields(path: Path, outcome: Outcome, context: Context) -> dict[str, Any]:
    """A file that is gone from this computer and whose bytes waited in the spool."""
    return {
        "profile": context.services.profile.name,
        "path": str(path),
        "source": outcome.key.source,
        "sessionId": outcome.key.session_id,
        **_stored(outcome),
        "state": outcome.state,
        "error": _error(outcome.error, context),
        "files": [],
    }


def _stored(outcome: Outcome) -> dict[str, Any]:
    return {
        "s3Key": outcome.s3_key,
        "versionId": outcome.version_id,
        "size": outcome.size,
        "storedSize": outcome.stored_size,
        "sha256": outcome.sha256,
    }


def _error(error: ChatLogError | None, context: Context) -> dict[str, Any] | None:
    if error is None:
        return None
    return {"code": error.code, "message": context.describe(error), "retryable": error.retryable}
