"""Settings → Language and appearance. The window itself is the preview: every choice holds at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast, get_args

from app.account.settings import Appearance, Contrast, LanguageSetting, Motion, TextSize
from app.desktop.formats import number
from app.desktop.i18n import LANGUAGE_VARIABLE, translate
from app.desktop.settings.groups import SettingRow, SettingsTab
from app.desktop.widgets.segments import Segments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.account.settings import Settings
    from app.desktop.context import Context
    from app.desktop.settings.groups import Group

# A language is called by its own name, whatever the window speaks.
_OWN_NAMES = {"en": "English", "ja": "日本語"}


class AppearanceTab(SettingsTab):
    """Language, light or dark, contrast, motion, size."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, translate("Settings", "Language and appearance"))
        system = translate("Settings", "System", "as the system has it")
        light, dark = translate("Settings", "Light"), translate("Settings", "Dark")
        heading = translate("Settings", "Language")
        self.add_section(heading)
        self.language, self.language_row = self._row(
            self.add_group(heading),
            heading,
            translate("Settings", "Of the window and of the command line"),
            [(key, _OWN_NAMES.get(key, system)) for key in get_args(LanguageSetting)],
        )
        heading = translate("Settings", "Appearance")
        self.add_section(heading)
        group = self.add_group(heading)
        self.appearance, self.appearance_row = self._row(
            group,
            translate("Settings", "Colours"),
            translate("Settings", "“System” follows the system as it changes"),
            [("system", system), ("light", light), ("dark", dark)],
        )
        self.contrast, self.contrast_row = self._row(
            group,
            translate("Settings", "Contrast"),
            translate("Settings", "How strong lines and small text are"),
            [("system", system), ("more", translate("Settings", "More", "contrast"))],
        )
        self.motion, self.motion_row = self._row(
            group,
            translate("Settings", "Motion"),
            translate("Settings", "Whether things move on the screen"),
            [("system", system), ("reduced", translate("Settings", "Reduced", "motion"))],
        )
        self.text_size, self.size_row = self._row(
            group,
            translate("Settings", "Text size"),
            translate("Settings", "On top of the system's own"),
            [
                (str(size), translate("Settings", "{number} %").format(number=number(size)))
                for size in get_args(TextSize)
            ],
        )
        self.end()
        self.show_settings(context.account.settings)
        context.account.settings_changed.connect(self.show_settings)
        self.language.chosen.connect(self._choose_language)
        self.appearance.chosen.connect(self._choose_appearance)
        self.contrast.chosen.connect(self._choose_contrast)
        self.motion.chosen.connect(self._choose_motion)
        self.text_size.chosen.connect(self._choose_size)
        context.workplace.run(
            lambda services, _task: services.environ.get(LANGUAGE_VARIABLE, ""),
            done=self._tell_variable,
            owner=self,
        )

    def _row(
        self, group: Group, title: str, line: str, choices: Sequence[tuple[str, str]]
    ) -> tuple[Segments, SettingRow]:
        segments = Segments(self.look, title, choices)
        row = SettingRow(self.context, title, line, [segments])
        group.add(row)
        return segments, row

    def show_settings(self, settings: Settings) -> None:
        """Show the choices as they hold."""
        self.language.choose(settings.language)
        self.appearance.choose(settings.appearance)
        self.contrast.choose(settings.contrast)
        self.motion.choose(settings.motion)
        self.text_size.choose(str(settings.text_size))

    def _tell_variable(self, language: str) -> None:
        if language in _OWN_NAMES:
            text = translate("Settings", "{variable} says “{language}”, and goes before this choice")
            self.language_row.say(
                text.format(variable=LANGUAGE_VARIABLE, language=_OWN_NAMES[language]), "warning"
            )

    def _choose_language(self, key: str) -> None:
        self.save(self.language_row, language=cast("LanguageSetting", key))

    def _choose_appearance(self, key: str) -> None:
        self.save(self.appearance_row, appearance=cast("Appearance", key))

    def _choose_contrast(self, key: str) -> None:
        self.save(self.contrast_row, contrast=cast("Contrast", key))

    def _choose_motion(self, key: str) -> None:
        self.save(self.motion_row, motion=cast("Motion", key))

    def _choose_size(self, key: str) -> None:
        self.save(self.size_row, text_size=cast("TextSize", int(key)))
