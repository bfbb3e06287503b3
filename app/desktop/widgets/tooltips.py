"""Tooltips of text that others wrote: Qt takes what looks like HTML for HTML, and would load what it names."""

from __future__ import annotations

from PySide6.QtGui import Qt as TextQt

LONG = 80
"""Characters; only HTML is broken into lines."""


def plain_tooltip(text: str) -> str:
    """The text as a tooltip that shows it as it is, over several lines where it is long."""
    made = len(text) > LONG or TextQt.mightBeRichText(text)
    return TextQt.convertFromPlainText(text, TextQt.WhiteSpaceMode.WhiteSpaceNormal) if made else text
