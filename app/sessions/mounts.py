"""Whether the system hears of every change in a folder: it does not where another computer can write.

Events of a file system tell what this computer's programs did through this mount. What a file server's other
clients do, or Windows does to a disk that Linux sees through WSL, comes without an event.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")

# Types as they stand in mountinfo. Of FUSE those that lead to another computer; fuseblk and encrypting overlays do
# not.
_SHARED = frozenset(
    "9p afs beegfs ceph cifs coda drvfs gfs2 glusterfs lustre ncpfs nfs nfs4 ocfs2 orangefs prl_fs smb3 smbfs vboxsf "  # noqa: SIM905 - thirty lines otherwise
    "virtiofs vmhgfs fuse.ceph fuse.davfs2 fuse.glusterfs fuse.gvfsd-fuse fuse.rclone fuse.s3fs fuse.sshfs "
    "fuse.vmhgfs-fuse".split()
)

_OCTAL = re.compile(r"\\([0-7]{3})")


def may_change_unheard(folder: str, mounts: str | None = None) -> bool:
    """Whether the folder (absolute, without links) lies on a file system that others write too.

    `mounts` is the text of /proc/self/mountinfo, read where None is given. On systems that have none, only Windows'
    network paths are recognised.
    """
    if sys.platform == "win32":
        shared = folder.startswith("\\\\")
    else:
        shared = _file_system_of(folder, _mounts() if mounts is None else mounts) in _SHARED
    return shared


def _mounts() -> str:
    try:
        return _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""


def _file_system_of(folder: str, mounts: str) -> str:
    """The type of the mount that the folder lies on: the innermost, and of several at one place the last.

    The format: https://www.kernel.org/doc/html/latest/filesystems/proc.html#proc-pid-mountinfo-information-about-mounts
    """
    found, found_type = "", ""
    for line in mounts.splitlines():
        fields, _, behind = line.partition(" - ")
        words = fields.split(" ")
        if len(words) < 5:  # noqa: PLR2004 - the mount point is the fifth
            continue
        point = _OCTAL.sub(lambda octal: chr(int(octal[1], 8)), words[4])
        if len(point) >= len(found) and _holds(point, folder):
            found, found_type = point, behind.split(" ")[0]
    return found_type


def _holds(point: str, folder: str) -> bool:
    return folder == point or folder.startswith(point.rstrip("/") + os.sep)
