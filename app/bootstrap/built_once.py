"""Services that are built when they are first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, overload

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from typing import Self

T = TypeVar("T")


class Builds(Protocol):
    """What has such services."""

    def building(self, name: str) -> threading.RLock:
        """The lock under which a service is built."""


class built_once(Generic[T]):  # noqa: N801 - it is used as functools.cached_property is
    """`cached_property` for threads: whoever asks first builds, whoever asks meanwhile waits for that.

    Each service has a lock of its own: some take a network's time to build, and others are needed meanwhile.
    """

    def __init__(self, build: Callable[[Any], T]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

    def __set_name__(self, owner: type[object], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, services: None, owner: type[object]) -> Self: ...

    @overload
    def __get__(self, services: Builds, owner: type[object]) -> T: ...

    def __get__(self, services: Builds | None, owner: type[object]) -> Self | T:
        if services is None:
            return self
        known = services.__dict__
        with services.building(self._name):
            if self._name not in known:
                known[self._name] = self._build(services)
            found: T = known[self._name]
            return found
