"""The other side as a machine: connections, how fast they may go, the sandbox, and who tells of newer releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.bootstrap.built_once import built_once
from app.bootstrap.home import HomeServices

if TYPE_CHECKING:
    from app.account.settings import Settings
    from app.sandbox.lifecycle import Sandbox
    from app.transfer.bandwidth import Bandwidths
    from app.transfer.connections import Connections
    from app.updates.notice import UpdateNotice


class NetworkServices(HomeServices):
    """Connections, the sandbox and newer releases."""

    @built_once
    def sandbox(self) -> Sandbox:
        """The embedded backend of this home."""
        from app.sandbox.lifecycle import Sandbox, serve_command

        return Sandbox(self.paths.sandbox, self._environ, serve_command(self._home))

    @built_once
    def connections(self) -> Connections:
        """One pool of connections for the whole run."""
        return self._new_connections()

    def _new_connections(self) -> Connections:
        from app.transfer.connections import Connections

        connections = Connections(
            parallel=self.settings.parallel_uploads,
            environ=self._environ,
            uploads=self.bandwidths.uploads,
            downloads=self.bandwidths.downloads,
        )
        self._close_at_the_end(connections.close)
        return connections

    @built_once
    def bandwidths(self) -> Bandwidths:
        """How fast transfers may go, at first as the settings have it; may be changed while they run."""
        from app.transfer.bandwidth import Bandwidth, Bandwidths

        return Bandwidths(Bandwidth(self.settings.upload_limit), Bandwidth(self.settings.download_limit))

    def keep_to(self, settings: Settings) -> None:
        """Settings have been read again: what they say of the bandwidth holds from now on."""
        for bandwidth, limit in zip(
            self.bandwidths, (settings.upload_limit, settings.download_limit), strict=True
        ):
            if bandwidth.limit != limit:
                bandwidth.limit = limit

    @built_once
    def update_notice(self) -> UpdateNotice:
        """Whether there is a newer release. Nobody is asked before an address is given."""
        from datetime import UTC, datetime

        from app import __version__
        from app.updates.notice import UpdateNotice

        return UpdateNotice(
            lambda: self.connections,
            self.paths.cache_folder / "releases.json",
            version=__version__,
            now=lambda: datetime.now(UTC),
            stopped=self.stopped,
        )
