"""The windows of a display as a screen reader knows them: names, roles, places, states, over AT-SPI.

What this finds by name, a person who cannot see finds by name; so a test that drives the window through it also holds
the window to being usable without eyes. The interfaces are AT-SPI2's (org.a11y.atspi.*), spoken with jeepney.
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from jeepney import DBusAddress, MessageType, new_method_call
from jeepney.io.blocking import open_dbus_connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jeepney.io.blocking import DBusConnection

ACCESSIBLE = "org.a11y.atspi.Accessible"
COMPONENT = "org.a11y.atspi.Component"
ACTION = "org.a11y.atspi.Action"
TEXT = "org.a11y.atspi.Text"
PROPERTIES = "org.freedesktop.DBus.Properties"
REGISTRY = "org.a11y.atspi.Registry"
ROOT = "/org/a11y/atspi/accessible/root"

T = TypeVar("T")

# Bits of AtspiStateType.
CHECKED, ENABLED, FOCUSED, SELECTED, SHOWING, VISIBLE = 4, 8, 12, 23, 25, 30

SCREEN = 0
ANSWER_SECONDS = 20.0
"""For one question; a program that does not answer as long is stuck."""


class GoneError(Exception):
    """The thing asked about is no longer there."""


@dataclass(frozen=True)
class Thing:
    """A control, a cell, a label: as it was when it was found."""

    tree: Tree
    owner: str
    path: str
    role: str
    name: str

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Left, top, width and height on the screen, in pixels."""
        left, top, width, height = self.tree.call(self, COMPONENT, "GetExtents", "u", (SCREEN,))[0]
        return (left, top, width, height)

    @property
    def middle(self) -> tuple[int, int]:
        """Where a person would click."""
        left, top, width, height = self.place
        return (left + width // 2, top + height // 2)

    def has(self, state: int) -> bool:
        """Whether it is in a state."""
        words = self.tree.call(self, ACCESSIBLE, "GetState")[0]
        return bool(words[state // 32] >> (state % 32) & 1)

    def children(self) -> list[Thing]:
        """What is inside it."""
        return [
            self.tree.thing(owner, path) for owner, path in self.tree.call(self, ACCESSIBLE, "GetChildren")[0]
        ]

    def description(self) -> str:
        """What is said of it beside its name."""
        return str(self.tree.property(self.owner, self.path, "Description"))

    def actions(self) -> list[str]:
        """The names of what can be done with it."""
        return [name for name, *_ in self.tree.call(self, ACTION, "GetActions")[0]]

    def press(self) -> None:
        """Do its first action, as a screen reader does."""
        self.tree.call(self, ACTION, "DoAction", "i", (0,))

    def text(self) -> str:
        """The text in it."""
        return str(self.tree.call(self, TEXT, "GetText", "ii", (0, -1))[0])


class Tree:
    """Everything on the accessibility bus."""

    def __init__(self, session_bus: str) -> None:
        with open_dbus_connection(session_bus) as session:
            launcher = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
            reply = session.send_and_get_reply(
                new_method_call(launcher, "GetAddress"), timeout=ANSWER_SECONDS
            )
        self._bus: DBusConnection = open_dbus_connection(reply.body[0])

    def close(self) -> None:
        """Leave the bus."""
        self._bus.close()

    def call(
        self,
        thing: Thing,
        interface: str,
        method: str,
        signature: str | None = None,
        body: tuple[Any, ...] = (),
    ) -> Any:
        """Ask a thing. Raises GoneError."""
        return self._ask(thing.owner, thing.path, interface, method, signature, body)

    def property(self, owner: str, path: str, name: str) -> Any:
        """A property of the Accessible interface."""
        return self._ask(owner, path, PROPERTIES, "Get", "ss", (ACCESSIBLE, name))[0][1]

    def thing(self, owner: str, path: str) -> Thing:
        """The thing at an address."""
        role = self._ask(owner, path, ACCESSIBLE, "GetRoleName")[0]
        return Thing(self, owner, path, role, str(self.property(owner, path, "Name")))

    def everything(self, below: Thing | None = None) -> Iterator[Thing]:
        """All that is showing, from the outside in. A thing that goes while this looks is left out."""
        begin = below or Thing(self, REGISTRY, ROOT, "desktop frame", "")
        waiting = [begin]
        while waiting:
            thing = waiting.pop(0)
            if thing is not begin:
                yield thing
            with suppress(GoneError):
                waiting[:0] = [child for child in thing.children() if _shows(child)]

    def find(self, name: str, role: str | None = None, *, below: Thing | None = None) -> Thing | None:
        """The first showing thing whose name matches the whole regular expression, and whose role is that."""
        pattern = re.compile(name, re.DOTALL)
        for thing in self.everything(below):
            if (role is None or thing.role == role) and pattern.fullmatch(thing.name):
                return thing
        return None

    def wait_for(
        self, name: str, role: str | None = None, *, seconds: float = 60, below: Thing | None = None
    ) -> Thing:
        """`find`, until it is there."""
        return until(
            lambda: self.find(name, role, below=below), f"no {role or 'thing'} {name!r}", seconds, self
        )

    def describe(self) -> str:
        """The whole tree as text, for messages."""
        lines = []
        with suppress(GoneError):
            lines = [f"{thing.role}: {thing.name!r}" for thing in self.everything()]
        return "\n".join(lines)

    def _ask(
        self,
        owner: str,
        path: str,
        interface: str,
        method: str,
        signature: str | None = None,
        body: tuple[Any, ...] = (),
    ) -> Any:
        message = new_method_call(DBusAddress(path, owner, interface), method, signature, body)
        reply = self._bus.send_and_get_reply(message, timeout=ANSWER_SECONDS)
        if reply.header.message_type is MessageType.error:
            raise GoneError(f"{path} {method}: {reply.body}")
        return reply.body


def _shows(thing: Thing) -> bool:
    if thing.role == "application":
        return True
    try:
        return thing.has(SHOWING)
    except GoneError:
        return False


def until(
    condition: Callable[[], T | None], otherwise: str, seconds: float = 60, tree: Tree | None = None
) -> T:
    """What the condition gives once it is true of anything."""
    deadline = time.monotonic() + seconds
    while True:
        with suppress(GoneError):
            if value := condition():
                return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{otherwise}\n{tree.describe() if tree else ''}")
        time.sleep(0.05)
