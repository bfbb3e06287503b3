"""What the system says of files and connections, in the language of the window.

The system says it in the words of its C library, which are English in a program that leaves the C locale as it is. In
English they stand as they are; what is not known here stands as the system said it.
"""

from __future__ import annotations

from app.desktop.i18n import mark, translate

REASONS = (
    mark("Errors", "Permission denied"),
    mark("Errors", "Operation not permitted"),
    mark("Errors", "No such file or directory"),
    mark("Errors", "Is a directory"),
    mark("Errors", "Not a directory"),
    mark("Errors", "File exists"),
    mark("Errors", "Read-only file system"),
    mark("Errors", "No space left on device"),
    mark("Errors", "Disk quota exceeded"),
    mark("Errors", "Input/output error"),
    mark("Errors", "Too many open files"),
    mark("Errors", "File name too long"),
    mark("Errors", "Too many levels of symbolic links"),
    mark("Errors", "Device or resource busy"),
    mark("Errors", "Connection refused"),
    mark("Errors", "Connection reset by peer"),
    mark("Errors", "Connection timed out"),
    mark("Errors", "Broken pipe"),
    mark("Errors", "No route to host"),
    mark("Errors", "Network is unreachable"),
    mark("Errors", "Name or service not known"),
    mark("Errors", "Temporary failure in name resolution"),
    mark("Errors", "nodename nor servname provided, or not known"),
)
"""The words of Linux and macOS. The command line has the same ones in app/cli/error_words.py."""


def in_words(reason: str) -> str:
    """A reason in the language of now."""
    for known in REASONS:
        if known[1] == reason:
            return translate(*known)
    return reason
