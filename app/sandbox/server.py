"""The sandbox's process: two loopback ports, one event loop, the handler in threads of the same process.

Nothing else listens. The emulator's server, its workers and its other listeners are never started; its Lambda would
run `sys.executable`, which in a packaged program is this program itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import logging.handlers
import os
import signal
import socket
import threading
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from app.sandbox import identity as identities
from app.sandbox.endpoint import Endpoint, Handler, refusal
from app.sandbox.guard import guarded
from app.sandbox.http_server import Activity, HttpServer, Reply
from app.sandbox.layout import LOG_NAME, RUNNING_NAME, SERVE_LOCK
from app.sandbox.s3_errors import S3Error
from app.sandbox.store import Store
from app.sandbox.strict import StrictS3
from app.storage.paths import private_folder, write_private

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.sandbox.identity import Identity

logger = logging.getLogger("app.sandbox")

HOST = "127.0.0.1"
STOP_GRACE = 10.0  # seconds for requests in flight when the sandbox stops
_LOG_BYTES, _LOG_FILES = 1024 * 1024, 2

ALREADY_RUNNING = 3
"""Exit code of a second process for the same folder."""


def serve(folder: Path, idle_seconds: float) -> int:
    """Be the sandbox of `folder` until told to stop (SIGTERM, SIGINT, the stop request) or `idle_seconds` unused.

    Returns the exit code: 0 after a clean stop, ALREADY_RUNNING when another process has the folder.
    """
    private_folder(folder)
    log = _log_to(folder / LOG_NAME)
    lock = FileLock(folder / SERVE_LOCK, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        logger.info("Another process serves this folder already")
        return ALREADY_RUNNING
    try:
        (folder / RUNNING_NAME).unlink(missing_ok=True)  # of a process that was killed
        with asyncio.Runner() as runner:
            runner.run(_Service(folder, idle_seconds).run())
    except Exception:
        logger.exception("The sandbox ends")
        return 1
    finally:
        (folder / RUNNING_NAME).unlink(missing_ok=True)
        # The lock last: whoever waits for it may erase the folder, and no file of it may be open then.
        logging.getLogger().removeHandler(log)
        log.close()
        lock.release()
    return 0


class _Service:
    """One run of the sandbox."""

    def __init__(self, folder: Path, idle_seconds: float) -> None:
        self._folder = folder
        self._idle_seconds = idle_seconds
        self._activity = Activity()

    async def run(self) -> None:
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        _on_signals(loop, stopping.set)
        identity = identities.load_or_create(self._folder)
        presign_socket, s3_socket = bind_port(identity.presign_port), bind_port(identity.s3_port)
        ports = presign_socket.getsockname()[1], s3_socket.getsockname()[1]
        if ports != (identity.presign_port, identity.s3_port):
            identity = identities.with_ports(identity, *ports)
            identities.save(self._folder, identity)
        store = Store(self._folder)
        handler = await asyncio.to_thread(make_handler, identity)
        endpoint = Endpoint(identity, handler, stopping.set)
        servers = [
            HttpServer(
                guarded(StrictS3(identity.settings, store), ports[1], s3_refusal), s3_socket, self._activity
            ),
            HttpServer(guarded(endpoint, ports[0], refusal), presign_socket, self._activity),
        ]
        for server in servers:
            await server.start()
        self._announce(identity)
        threading.Thread(target=_sweep, args=(store,), name="sandbox-sweep", daemon=True).start()
        logger.info(
            "Ready: presign on %d, S3 on %d, bucket %s, process %d", *ports, identity.bucket, os.getpid()
        )
        try:
            await self._until_stopped(stopping)
        finally:
            # The presign port first: its handler may still ask the S3 port something.
            for server in reversed(servers):
                await server.stop(STOP_GRACE)
            await asyncio.to_thread(endpoint.close)
            await asyncio.to_thread(store.close)
            logger.info("Stopped")

    async def _until_stopped(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            left = self._idle_seconds - self._activity.idle_seconds
            if left <= 0:
                logger.info("Unused for %.0f s", self._idle_seconds)
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await stopping.wait()

    def _announce(self, identity: Identity) -> None:
        running = {"pid": os.getpid(), "presignPort": identity.presign_port, "s3Port": identity.s3_port}
        write_private(self._folder / RUNNING_NAME, json.dumps(running) + "\n")


def handler_environment(identity: Identity) -> dict[str, str]:
    """What the stack would give the Lambda (row F13), pointing at this sandbox's S3."""
    return {
        "S3_BUCKET_NAME": identity.bucket,
        "KMS_KEY_ID": identity.key_arn,
        "OWNER_ID": identity.owner,
        "AWS_ENDPOINT_URL_S3": f"http://{HOST}:{identity.s3_port}",
        "S3_ADDRESSING_STYLE": "path",
        "AWS_REGION": identity.region,
        "AWS_ACCESS_KEY_ID": identity.access_key,
        "AWS_SECRET_ACCESS_KEY": identity.secret_key,
    }


def make_handler(identity: Identity) -> Handler:
    """The Lambda's handler in this process, with the sandbox's environment in place of this process's own."""
    from backend.handler import Door  # noqa: PLC0415 - the one slow import: it runs beside the server's start

    return Door(handler_environment(identity), write_log=logging.getLogger("backend").info)


def bind_port(wanted: int) -> socket.socket:
    """A socket on 127.0.0.1 at the wanted port, or at a free one when somebody has it (or `wanted` is 0)."""
    for port in (wanted, 0):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        # On POSIX: take over a port whose old connections linger. On Windows the same option would let two
        # programs listen on one port, and this one forbids it.
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
        listener.setsockopt(socket.SOL_SOCKET, exclusive or socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(256)
        except OSError:
            listener.close()
            if port == 0:
                raise
        else:
            listener.settimeout(0)
            return listener
    raise AssertionError("unreachable: port 0 binds or raises")


def s3_refusal(_status: int, detail: str) -> Reply:
    """What strangers get at the S3 port."""
    return S3Error("AccessDenied", detail).reply("/", "0")


def _sweep(store: Store) -> None:
    try:
        if removed := store.sweep():
            logger.info("Removed %d bodies that a kill had left without a record", removed)
    except Exception:
        logger.exception("Could not look for bodies without a record")


def _on_signals(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))


def _log_to(path: Path) -> logging.Handler:
    path.touch(mode=0o600, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return handler
