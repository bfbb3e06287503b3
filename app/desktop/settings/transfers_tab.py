"""Settings → Transfers: how sessions are sent, and what is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast, get_args

from app.account.amounts import OFF
from app.account.settings import LEAST_PARTS_ABOVE, MAXIMUM_PARALLEL_UPLOADS, CloseAction, Notifications
from app.desktop.formats import binary_size, line_speed, number
from app.desktop.i18n import translate
from app.desktop.settings.groups import SettingRow, SettingsTab
from app.desktop.widgets.buttons import Switch
from app.desktop.widgets.fields import MenuButton

if TYPE_CHECKING:
    from app.account.settings import Settings
    from app.desktop.context import Context

UPLOADS = (1, 2, 4, 8, 12, 16, 24, MAXIMUM_PARALLEL_UPLOADS)
"""Those that are offered; another number that stands in the settings is offered too."""

_MEGABIT = 1000**2 // 8
LIMITS = tuple(count * _MEGABIT for count in (1, 2, 5, 10, 20, 50, 100, 200, 500))
"""Bytes per second that are offered, as `UPLOADS`."""

PARTS_ABOVE = (LEAST_PARTS_ABOVE, *(count * 1024**2 for count in (16, 64, 256, 1024)))


class TransfersTab(SettingsTab):
    """Compression, uploads at once, parts, limits, closing, notices."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, translate("Settings", "Transfers"))
        self.add_section(translate("Settings", "How sessions are sent"))
        group = self.add_group(translate("Settings", "How sessions are sent"))
        self.compression = Switch(context.look, translate("Settings", "Compress"))
        self.compression_row = SettingRow(
            context,
            translate("Settings", "Compress"),
            translate("Settings", "About a quarter of the size for chat logs; nothing of them is lost"),
            [self.compression],
        )
        group.add(self.compression_row)
        self.uploads = MenuButton(context.look, translate("Settings", "Uploads at once"))
        self.uploads_row = SettingRow(
            context,
            translate("Settings", "Uploads at once"),
            translate("Settings", "More are faster on a good connection; fewer leave room for others"),
            [self.uploads],
        )
        group.add(self.uploads_row)
        self.parts_above = MenuButton(context.look, translate("Settings", "Send in parts above"))
        self.parts_above_row = SettingRow(
            context,
            translate("Settings", "Send in parts above"),
            translate("Settings", "Parts go side by side, and after a break only what is missing goes again"),
            [self.parts_above],
        )
        group.add(self.parts_above_row)

        self.add_section(translate("Settings", "Speed limits"))
        limits = self.add_group(translate("Settings", "Speed limits"))
        self.upload_limit = MenuButton(context.look, translate("Settings", "Uploads together"))
        self.upload_limit_row = SettingRow(
            context,
            translate("Settings", "Uploads together"),
            translate("Settings", "Holds at once, for what is under way too"),
            [self.upload_limit],
        )
        limits.add(self.upload_limit_row)
        self.download_limit = MenuButton(context.look, translate("Settings", "Downloads together"))
        self.download_limit_row = SettingRow(
            context,
            translate("Settings", "Downloads together"),
            translate("Settings", "Previews from the archive count too"),
            [self.download_limit],
        )
        limits.add(self.download_limit_row)

        self.add_section(translate("Settings", "Around the window"))
        around = self.add_group(translate("Settings", "Around the window"))
        self.close_action = MenuButton(
            context.look, translate("Settings", "When the window closes during transfers"), widest=260
        )
        self.close_row = SettingRow(
            context,
            translate("Settings", "When the window closes during transfers"),
            translate("Settings", "What has not ended goes on the next time in any case"),
            [self.close_action],
        )
        around.add(self.close_row)
        self.notifications = MenuButton(context.look, translate("Settings", "Tell me when"))
        self.notifications_row = SettingRow(
            context,
            translate("Settings", "Tell me when"),
            translate("Settings", "Notices from the system"),
            [self.notifications],
        )
        around.add(self.notifications_row)
        self.end()
        self.show_settings(context.account.settings)
        context.account.settings_changed.connect(self.show_settings)
        self.compression.clicked.connect(self._compress)
        self.uploads.chosen.connect(self._upload_at_once)
        self.parts_above.chosen.connect(self._send_in_parts_above)
        self.upload_limit.chosen.connect(self._limit_uploads)
        self.download_limit.chosen.connect(self._limit_downloads)
        self.close_action.chosen.connect(self._close)
        self.notifications.chosen.connect(self._notify)

    def show_settings(self, settings: Settings) -> None:
        """Show the choices as they hold."""
        self.compression.setChecked(settings.compression)
        offered = sorted({*UPLOADS, settings.parallel_uploads})
        self.uploads.set_choices(
            [(str(count), number(count)) for count in offered], str(settings.parallel_uploads)
        )
        sizes = sorted({*PARTS_ABOVE, settings.parts_above})
        self.parts_above.set_choices(
            [(str(size), binary_size(size)) for size in sizes], str(settings.parts_above)
        )
        for control, limit in (
            (self.upload_limit, settings.upload_limit),
            (self.download_limit, settings.download_limit),
        ):
            speeds = sorted({*LIMITS, *([] if limit is None else [limit])})
            control.set_choices(
                [(OFF, translate("Settings", "No limit")), *((str(one), line_speed(one)) for one in speeds)],
                OFF if limit is None else str(limit),
            )
        closing: dict[CloseAction, str] = {
            "ask": translate("Settings", "Ask me"),
            "background": translate("Settings", "Go on in the background"),
            "quit": translate("Settings", "Stop, and go on next time"),
        }
        self.close_action.set_choices(
            [(key, closing[key]) for key in get_args(CloseAction)], settings.close_action
        )
        notices: dict[Notifications, str] = {
            "failures": translate("Settings", "Something fails"),
            "all": translate("Settings", "Something fails or all is done"),
            "none": translate("Settings", "Never"),
        }
        self.notifications.set_choices(
            [(key, notices[key]) for key in get_args(Notifications)], settings.notifications
        )

    def _compress(self) -> None:
        self.save(self.compression_row, compression=self.compression.isChecked())

    def _upload_at_once(self, count: str) -> None:
        self.save(self.uploads_row, parallel_uploads=int(count))

    def _send_in_parts_above(self, size: str) -> None:
        self.save(self.parts_above_row, parts_above=int(size))

    def _limit_uploads(self, key: str) -> None:
        self.save(self.upload_limit_row, upload_limit=_limit(key))

    def _limit_downloads(self, key: str) -> None:
        self.save(self.download_limit_row, download_limit=_limit(key))

    def _close(self, key: str) -> None:
        self.save(self.close_row, close_action=cast("CloseAction", key))

    def _notify(self, key: str) -> None:
        self.save(self.notifications_row, notifications=cast("Notifications", key))


def _limit(key: str) -> int | None:
    return None if key == OFF else int(key)
