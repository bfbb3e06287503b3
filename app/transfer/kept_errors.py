"""Errors as state.db keeps them: their code and parameters, and back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from app.errors import ChatLogError, Unexpected

if TYPE_CHECKING:
    from collections.abc import Mapping


def error_columns(error: ChatLogError | None) -> dict[str, str | None]:
    """The values of error_code and error_parameters."""
    if error is None:
        return {"error_code": None, "error_parameters": None}
    return {"error_code": error.code, "error_parameters": json.dumps(error.parameters)}


def error_of(code: str | None, parameters: Mapping[str, str | int | float | None]) -> ChatLogError | None:
    """The error again. One that this version does not know (another one wrote it) is Unexpected, with its code."""
    if code is None:
        return None
    kind = _find(ChatLogError, code)
    return kind(**parameters) if kind is not None else Unexpected(reason=code)


def _find(kind: type[ChatLogError], code: str) -> type[ChatLogError] | None:
    if kind.code == code:
        return kind
    return next((found for child in kind.__subclasses__() if (found := _find(child, code)) is not None), None)
