"""The page on which a browser ends after signing in: no scripts, nothing loaded from anywhere, nothing kept."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

PageLanguage = Literal["en", "ja"]
PageKind = Literal["signed-in", "not-signed-in", "signed-out", "stray"]

_WORDS: Mapping[PageKind, Mapping[PageLanguage, tuple[str, str]]] = {
    "signed-in": {
        "en": ("You are signed in", "You can close this page and go back to Chat Log Uploader."),
        "ja": ("サインインしました", "このページを閉じて、Chat Log Uploader に戻ってください。"),
    },
    "not-signed-in": {
        "en": ("Signing in did not work", "Chat Log Uploader says why. You can close this page."),
        "ja": (
            "サインインできませんでした",
            "理由は Chat Log Uploader に表示されています。このページは閉じてください。",
        ),
    },
    "signed-out": {
        "en": ("You are signed out", "You can close this page."),
        "ja": ("サインアウトしました", "このページは閉じてください。"),
    },
    "stray": {
        "en": (
            "There is nothing here",
            "This address is for Chat Log Uploader while somebody signs in. You can close this page.",
        ),
        "ja": (
            "ここには何もありません",
            "これは、Chat Log Uploader がサインインの間だけ使うアドレスです。このページは閉じてください。",
        ),
    },
}
"""A title and a sentence for each."""

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.6 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-items:center;"
    "background:Canvas;color:CanvasText}"
    "main{max-width:28rem;padding:2rem}"
    "h1{font-size:1.375rem;font-weight:600;margin:0 0 .5rem}"
    "p{margin:0}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

PAGE_HEADERS: Mapping[str, str] = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    # The page's own address holds the provider's answer.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A whole reply for a browser."""

    headers: Mapping[str, str]
    body: bytes


def page(kind: PageKind, language: PageLanguage) -> Page:
    """The page of a kind in a language."""
    title, sentence = (escape(text) for text in _WORDS[kind][language])
    html = (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{title} – Chat Log Uploader</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{title}</h1>\n<p>{sentence}</p>\n</main>\n</body>\n</html>\n"
    )
    return Page({**PAGE_HEADERS, "Content-Language": language}, html.encode())


def preferred_language(accept_language: str) -> PageLanguage:
    """Japanese where a browser would rather have it than English (RFC 9110, 12.5.4), else English."""
    best: dict[str, float] = {}
    for choice in accept_language[:1000].split(","):
        tag, _, weight = choice.partition(";")
        name = tag.strip().lower().partition("-")[0]
        try:
            value = float(weight.strip().removeprefix("q=")) if weight.strip() else 1.0
        except ValueError:
            continue
        best[name] = max(value, best.get(name, 0.0))
    others = best.get("*", 0.0)
    return "ja" if best.get("ja", 0.0) > best.get("en", others) else "en"
