"""What must be read before there is a window: read in a thread while Qt gets ready."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.errors import ChatLogError

if TYPE_CHECKING:
    from app.account.settings import Settings
    from app.desktop.instance_lock import InstanceLock
    from app.desktop.request import DesktopRequest
    from app.storage.paths import Paths
    from app.storage.window_state import WindowState


@dataclass(frozen=True, slots=True)
class Startup:
    """The first screen's needs."""

    paths: Paths
    icons: dict[str, str]
    translations: dict[str, bytes]
    settings: Settings
    """The defaults where they cannot be read; the account says so once the window is there."""
    window_state: WindowState
    lock: InstanceLock


def read_startup(request: DesktopRequest) -> Startup:
    """Read it all, in the calling thread. What is damaged is as good as not there: the window comes all the same."""
    from app.account.settings import Settings, SettingsStore  # noqa: PLC0415 - in the thread, beside Qt's own start
    from app.desktop.instance_lock import InstanceLock  # noqa: PLC0415
    from app.desktop.resources import read_icons, resource_folder  # noqa: PLC0415
    from app.storage.paths import resolve_paths  # noqa: PLC0415
    from app.storage.window_state import read_window_state  # noqa: PLC0415

    paths = resolve_paths(request.home)
    folder = resource_folder()
    lock = InstanceLock(paths.data_folder)
    lock.take()
    try:
        settings = SettingsStore(paths.settings).read()
    except ChatLogError:
        settings = Settings(first_run_done=True)
    return Startup(
        paths=paths,
        icons=read_icons(folder),
        translations={path.stem: path.read_bytes() for path in (folder / "i18n").glob("*.qm")},
        settings=settings,
        window_state=read_window_state(paths.window_state),
        lock=lock,
    )


def begin_startup(request: DesktopRequest) -> Future[Startup]:
    """`read_startup` in a thread of its own."""
    told: Future[Startup] = Future()

    def read() -> None:
        try:
            told.set_result(read_startup(request))
        except BaseException as problem:  # noqa: BLE001 - raised again where the result is asked for
            told.set_exception(problem)

    threading.Thread(target=read, name="startup", daemon=True).start()
    return told
