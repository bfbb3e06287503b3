"""What is on this computer: its sessions, the record of transfers, and what follows from both."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.bootstrap.account import AccountServices
from app.bootstrap.built_once import built_once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.archiving.plan import Plan
    from app.sessions.index import SessionIndex
    from app.transfer.jobs import JobStore
    from app.transfer.object_marks import ObjectMarks, ObjectVersion, Return


class ComputerServices(AccountServices):
    """Sessions, transfers and receipts of this computer."""

    @built_once
    def sessions(self) -> SessionIndex:
        """The sessions on this computer. Raises SettingsCorrupt."""
        from app.sessions.index import SessionIndex
        from app.sessions.sources import default_sources

        sources = default_sources(self._environ, Path.home(), self.settings.extra_folders)
        index = SessionIndex(self.paths.index, sources, hidden_sources=self.settings.hidden_sources)
        self._close_at_the_end(index.close)
        return index

    def erase_index(self) -> None:
        """Forget what was read of sessions and listed of the archive; the next scan and listing make it anew.

        Archived files that a killed run was looking at go too. Raises DiskFull, FolderNotWritable.
        """
        from app.archiving.peek import erase_abandoned
        from app.remote.history_cache import erase_histories
        from app.storage.paths import erase_folder

        self.sessions.erase()
        erase_histories(self.paths.cache_folder)
        erase_folder(self._cached_index_objects)
        erase_abandoned(self._looked_at)

    @property
    def _looked_at(self) -> Path:
        return self.paths.cache_folder / "looked-at"

    @property
    def _cached_index_objects(self) -> Path:
        return self.paths.cache_folder / "session-index"

    @built_once
    def jobs(self) -> JobStore:
        """Transfers and receipts. Raises StateDamaged, StateTooNew."""
        from app.transfer.jobs import JobStore

        jobs = JobStore(self.paths.state)
        self._close_at_the_end(jobs.close)
        return jobs

    def plan(self) -> Plan:
        """What is archived and what is not, for the profile in use, as of now."""
        from app.archiving.plan import Plan
        from app.transfer.schema import UNFINISHED

        destination = self.profile.destination
        return Plan(
            self.jobs.receipts(destination),
            self.jobs.transfers(destination, (*UNFINISHED, "paused", "failed")),
            self._object_marks(destination).hidden(),
        )

    def _object_marks(self, destination: str) -> ObjectMarks:
        from app.transfer.object_marks import ObjectMarks

        return ObjectMarks(self.jobs.database, destination)

    def known_returns(self) -> Mapping[ObjectVersion, Return]:
        """The archived objects that were asked back, as far as this home knows; nobody is asked."""
        return self._object_marks(self.profile.destination).returns()
