"""Words in the user's language: which language, the translator, and the one function that looks words up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Language = Literal["en", "ja"]

LANGUAGES: tuple[Language, ...] = ("en", "ja")
LANGUAGE_VARIABLE = "CHATLOG_LANG"

_GROUPED = 1000

APPLICATION_NAME = "Chat Log Uploader"
"""Never translated; part of every window's title (PRODUCT.md)."""


def translate(context: str, text: str, comment: str = "", *, n: int = -1) -> str:
    """`text` in the language of now. `context` is the page's name; both are literals, so that tools find them.

    `comment` tells apart equal texts that mean different things. With `n`, "%n" in the text is that number and the
    words follow it. Other values go in with `.format(name=value)`.
    """
    said = QCoreApplication.translate(context, text, comment, n)
    # Qt writes the number without the language's grouping.
    return said.replace(str(n), QLocale().toString(n), 1) if n >= _GROUPED else said


def mark(context: str, text: str) -> tuple[str, str]:
    """A text that is translated later, with `translate(*pair)`: for tables of words made at import."""
    return (context, text)


def choose_language(environ: Mapping[str, str], setting: str) -> Language:
    """CHATLOG_LANG, else the setting, else the first of the system's languages that there is; else English."""
    for wish in (environ.get(LANGUAGE_VARIABLE, ""), setting):
        for known in LANGUAGES:
            if wish == known:
                return known
    for name in QLocale.system().uiLanguages():
        for known in LANGUAGES:
            if name.partition("-")[0] == known:
                return known
    return "en"


def locale_for(language: Language) -> QLocale:
    """The system's locale where it speaks the language; else the language's own."""
    system = QLocale.system()
    wanted = QLocale(language)
    return system if system.language() == wanted.language() else wanted


def language_in_use() -> Language:
    """The language that words are in now."""
    return "ja" if QLocale().language() == QLocale.Language.Japanese else "en"


def read_translations(folder: Path) -> dict[str, bytes]:
    """The compiled words by language. Read once, before the window."""
    return {path.stem: path.read_bytes() for path in (folder / "i18n").glob("*.qm")}


class Translations(QObject):
    """The translators of the language in use: ours, and Qt's own for its dialogs."""

    def __init__(self, compiled: Mapping[str, bytes], parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Qt does not copy the bytes that a translator reads from.
        self._compiled = dict(compiled)
        self._installed: list[QTranslator] = []
        self.language: Language = "en"

    def use(self, language: Language) -> None:
        """From now on words are looked up in `language`, and numbers and dates follow it."""
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
        self._installed = []
        self.language = language
        QLocale.setDefault(locale_for(language))
        ours = QTranslator(self)
        data = self._compiled.get(language)
        if data is not None and ours.load(data):
            self._install(ours)
        qt = QTranslator(self)
        if qt.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            self._install(qt)

    def _install(self, translator: QTranslator) -> None:
        QCoreApplication.installTranslator(translator)
        self._installed.append(translator)
