"""What macOS is told of the program: the bundle's Info.plist, beyond what PyInstaller writes by itself."""

from __future__ import annotations

from typing import Any

NAME = "Chat Log Uploader"
IDENTIFIER = "org.chatlog-uploader.ChatLogUploader"
"""Preferences, permissions and notarisation go by it: never to be changed."""

OLDEST = "13.0"
"""Of macOS; Qt 6.11 supports no older one (https://doc.qt.io/qt-6.11/macos.html)."""

JSON_LINES = "org.jsonlines.jsonl"
MARKDOWN = "net.daringfireball.markdown"


def settings(version: str) -> dict[str, Any]:
    """Entries of Info.plist. `version`: numbers and dots."""
    return {
        "CFBundleDisplayName": NAME,
        "CFBundleExecutable": NAME,  # the command lies beside it
        "CFBundleVersion": version,
        "CFBundleDevelopmentRegion": "en",
        "CFBundleLocalizations": ["en", "ja"],
        "LSApplicationCategoryType": "public.app-category.developer-tools",
        "LSMinimumSystemVersion": OLDEST,
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "MIT License",
        # For the dock icon and "open with"; Alternate: nobody's default is taken away.
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "AI chat session",
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Alternate",
                "LSItemContentTypes": ["public.json", JSON_LINES, MARKDOWN],
            },
            {
                "CFBundleTypeName": "Folder of AI chat sessions",
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Alternate",
                "LSItemContentTypes": ["public.folder"],
            },
        ],
        # Types that are somebody else's, for a system on which nobody has declared them.
        "UTImportedTypeDeclarations": [
            _type(JSON_LINES, "JSON Lines document", ["jsonl", "ndjson"], "https://jsonlines.org"),
            _type(
                MARKDOWN,
                "Markdown document",
                ["md", "markdown"],
                "https://daringfireball.net/projects/markdown",
            ),
        ],
    }


def _type(identifier: str, description: str, extensions: list[str], reference: str) -> dict[str, Any]:
    return {
        "UTTypeIdentifier": identifier,
        "UTTypeDescription": description,
        "UTTypeConformsTo": ["public.plain-text"],
        "UTTypeReferenceURL": reference,
        "UTTypeTagSpecification": {"public.filename-extension": extensions},
    }
