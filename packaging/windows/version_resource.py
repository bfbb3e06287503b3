"""What Windows shows of a program under "Details": the text of a version resource as PyInstaller reads it."""

from __future__ import annotations

from typing import NamedTuple

ENGLISH, UNICODE = 1033, 1200


class Program(NamedTuple):
    """One of the two programs."""

    file: str
    """Its name with .exe."""
    description: str
    """Also what the task manager calls it."""


WINDOW = Program("Chat Log Uploader.exe", "Chat Log Uploader")
COMMAND = Program("chatlog-uploader.exe", "Chat Log Uploader (command line)")


def version_resource(program: Program, version: str) -> str:
    """The resource (https://learn.microsoft.com/windows/win32/menurc/versioninfo-resource). `version`: numbers and dots."""
    numbers = (*(int(number) for number in version.split(".")), 0, 0, 0)[:4]
    words = {
        "CompanyName": "The Chat Log Uploader authors",
        "FileDescription": program.description,
        "FileVersion": version,
        "InternalName": "chatlog-uploader",
        "LegalCopyright": "MIT License",
        "OriginalFilename": program.file,
        "ProductName": "Chat Log Uploader",
        "ProductVersion": version,
    }
    strings = ", ".join(f"StringStruct({name!r}, {text!r})" for name, text in words.items())
    return (
        "VSVersionInfo("
        f"ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0, OS=0x40004, fileType=1, subtype=0, date=(0, 0)), "
        f"kids=[StringFileInfo([StringTable('{ENGLISH:04X}{UNICODE:04X}', [{strings}])]), "
        f"VarFileInfo([VarStruct('Translation', [{ENGLISH}, {UNICODE}])])])\n"
    )
