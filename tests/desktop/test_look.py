"""The look: contrast as LOOK.md promises, the system's wishes followed, icons drawn sharp and once."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from app.desktop.icons import Icons, stroke_for
from app.desktop.resources import read_icons, resource_folder
from app.desktop.theme import (
    DARK,
    LIGHT,
    NO_ACCENT,
    Colors,
    Look,
    contrast,
    from_system,
    mix,
    with_accent,
    with_more_contrast,
)

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

GROUNDS = ("base", "side", "raised", "hover", "nav_selected", "row_selected", "soft")
# Which inks stand on which grounds as words, and the least contrast they need (WCAG 2.2, 1.4.3 and 1.4.11).
WORDS = {
    "text": GROUNDS,
    "text2": GROUNDS,
    "text3": ("base", "side", "raised", "soft"),
    "accent": ("base", "side", "soft"),
    "ok": ("base", "hover"),
    "warning": ("base", "warning_ground", "row_selected"),
    "bad": ("base", "bad_ground", "hover"),
}


@pytest.fixture
def icons() -> Icons:
    return Icons(read_icons(resource_folder()))


@pytest.fixture
def look(qapp: QApplication, icons: Icons) -> Look:
    made = Look(icons)
    made.choose(appearance="light")
    return made


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_words_can_be_read_on_every_ground(colors: Colors) -> None:
    poor = [
        (ink, ground, round(contrast(getattr(colors, ink), getattr(colors, ground)), 2))
        for ink, grounds in WORDS.items()
        for ground in grounds
        if contrast(getattr(colors, ink), getattr(colors, ground)) < 4.45
    ]
    assert poor == []
    assert contrast(colors.on_accent, colors.accent_fill) > 4.5
    assert contrast(colors.control_edge, colors.base) > 3


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert contrast(QColor("#FFFFFF"), QColor("#000000")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("#FFFFFF")) == pytest.approx(4.48, abs=0.01)


def test_the_system_s_accent_is_used_only_where_it_can_be_read() -> None:
    assert with_accent(LIGHT, QColor(NO_ACCENT)) is LIGHT
    assert with_accent(LIGHT, QColor("#FFD400")) is LIGHT
    purple = with_accent(LIGHT, QColor("#7A1FA2"))
    assert purple.accent.name() == "#7a1fa2"
    assert contrast(purple.text, purple.row_selected) > 10


def test_more_contrast_darkens_the_faint() -> None:
    more = with_more_contrast(LIGHT)
    assert (more.text3, more.line) == (LIGHT.text2, LIGHT.control_edge)


def test_a_contrast_theme_uses_the_system_s_colours_alone() -> None:
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Base, QColor("#000000"))
    palette.setColor(QPalette.ColorRole.Text, QColor("#FFFF00"))
    palette.setColor(QPalette.ColorRole.Highlight, QColor("#00FFFF"))
    palette.setColor(QPalette.ColorRole.HighlightedText, QColor("#000000"))
    colors = from_system(palette)
    assert {getattr(colors, field.name).isValid() for field in fields(Colors)} == {True}
    assert (colors.text.name(), colors.base.name(), colors.bad.name()) == ("#ffff00", "#000000", "#ffff00")


def test_light_and_dark_change_live(qtbot: QtBot, look: Look) -> None:
    with qtbot.waitSignal(look.changed):
        look.choose(appearance="dark")
    assert look.dark
    assert look.colors.base == DARK.base
    assert QApplication.palette().color(QPalette.ColorRole.Base) == DARK.base
    with qtbot.waitSignal(look.changed):
        look.choose(appearance="light", contrast="more")
    assert look.colors.text3 == LIGHT.text2


def test_larger_text_makes_everything_larger(look: Look) -> None:
    before = (look.px(32), look.font("body").pixelSize())
    look.choose(appearance="light", text_size=150)
    assert (look.px(32), look.font("body").pixelSize()) == (round(before[0] * 1.5), round(13 * 1.5))


def test_reduced_motion_is_a_choice_and_a_system_s_wish(look: Look) -> None:
    look.choose(appearance="light", motion="reduced")
    assert look.reduced_motion


def test_every_icon_draws_something_in_the_colour_asked_for(qapp: QApplication, icons: Icons) -> None:
    assert len(icons.names()) > 30
    for name in icons.names():
        if name.startswith("app"):
            continue  # in colours of its own
        image = icons.pixmap(name, QColor("#FF0000"), 16, 2.0).toImage()
        assert (image.width(), image.devicePixelRatio()) == (32, 2.0)
        solid = {
            image.pixelColor(x, y).name()
            for x in range(32)
            for y in range(32)
            if image.pixelColor(x, y).alpha() > 250
        }
        assert solid == {"#ff0000"}, name


def test_a_menu_s_icon_has_all_the_pixels_of_its_screen(qapp: QApplication, icons: Icons) -> None:
    pixmap = icons.icon("folder", QColor("black")).pixmap(QSize(16, 16), 2.0)
    assert (pixmap.width(), pixmap.devicePixelRatio()) == (32, 2.0)


def test_icons_are_drawn_once(qapp: QApplication, icons: Icons) -> None:
    red = QColor("#FF0000")
    assert icons.pixmap("archive", red, 16, 1.0) is icons.pixmap("archive", red, 16, 1.0)
    assert icons.pixmap("archive", red, 16, 1.0) is not icons.pixmap("archive", red, 16, 2.0)
    with pytest.raises(KeyError):
        icons.pixmap("no such icon", red, 16, 1.0)


def test_strokes_grow_slower_than_icons() -> None:
    assert [stroke_for(side) for side in (16, 20, 24, 48)] == [1.5, 1.6, 1.7, 2.0]
    assert stroke_for(96) == 4.0


def test_a_mix_lies_between(qapp: QApplication) -> None:
    assert mix(QColor("#FFFFFF"), QColor("#000000"), 0.5).name() == "#808080"
