"""What every command gets: the services, the streams and the language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from app.bootstrap import Services
from app.cli.messages import choose_language, describe
from app.cli.words import words
from app.errors import ServerFailed, Throttled, Unreachable
from app.storage.paths import HOME_VARIABLE, resolve_paths

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

    from app.cli.messages import Language
    from app.cli.output import Output
    from app.errors import ChatLogError


@dataclass(frozen=True)
class Context:
    """Built once per command; nothing is opened before it is used."""

    arguments: argparse.Namespace
    environ: Mapping[str, str]
    output: Output

    @cached_property
    def home(self) -> Path | None:
        """--home, else CHATLOG_HOME, else None: the platform's folders."""
        given: Path | None = getattr(self.arguments, "home", None)
        if given is not None:
            return given
        named = self.environ.get(HOME_VARIABLE)
        return Path(named) if named else None

    @cached_property
    def services(self) -> Services:
        """The engine behind the command line."""
        return Services(
            resolve_paths(self.home),
            self.environ,
            home=self.home,
            profile_name=getattr(self.arguments, "profile", None),
        )

    @cached_property
    def language(self) -> Language:
        """The language of messages."""
        return choose_language(self.environ, self.services.language_setting())

    def describe(self, error: ChatLogError) -> str:
        """One line: what, why, and the next step."""
        return describe(error, self.language)

    def tell_second(self, error: ChatLogError) -> None:
        """Where the archive in use is out and its profile names a second one: say that this one can be used."""
        if not isinstance(error, Unreachable | ServerFailed | Throttled) or "profile" not in vars(
            self.services
        ):
            return
        profile = self.services.profile
        if profile.second is not None:
            said = words(self.language).say("second-works", first=profile.name, second=profile.second)
            self.output.message(said)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "services" in self.__dict__:
            self.services.close()
