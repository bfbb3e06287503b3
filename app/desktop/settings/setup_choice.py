"""With which AWS profile, and in which region: what is chosen before AWS is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.i18n import translate
from app.desktop.settings.notes import Below, Note
from app.desktop.settings.regions import known_regions, region_in_full
from app.desktop.widgets.buttons import RING
from app.desktop.widgets.dialogs import line_of
from app.desktop.widgets.fields import MenuButton
from app.desktop.widgets.labels import Label

if TYPE_CHECKING:
    from app.deployment.aws_profiles import AwsProfiles
    from app.desktop.theme import Look

COMMAND = "aws configure"
WIDEST = 360


class SetUpChoice(QWidget):
    """Empty until `show_profiles`."""

    changed = Signal()
    """Another choice."""
    look_again = Signal()
    """There may be an AWS profile now."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._known: AwsProfiles | None = None
        self._region_touched = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(10))
        intro = translate(
            "SetUp",
            "An archive of your own, in your own AWS account: what would be made and what it costs is shown first, and nothing is made before you agree.",
        )
        self._intro = line_of(look, intro)
        column.addWidget(Below(self._intro, left=RING, right=RING))
        self.note = Note(look)
        column.addWidget(Below(self.note, left=RING, right=RING))
        self.profile = MenuButton(look, translate("SetUp", "AWS profile"), widest=WIDEST)
        self.region = MenuButton(look, translate("SetUp", "Region"), widest=WIDEST)
        self._fields = QWidget()
        fields = QVBoxLayout(self._fields)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(look.px(10))
        fields.addWidget(
            self._labelled(
                look,
                self.profile,
                translate("SetUp", "AWS profile"),
                translate("SetUp", "From AWS's configuration files; its keys stay where they are."),
            )
        )
        fields.addWidget(
            self._labelled(
                look,
                self.region,
                translate("SetUp", "Region"),
                translate("SetUp", "Where what you archive is kept. It cannot be changed later."),
            )
        )
        column.addWidget(self._fields)
        self._fields.hide()
        self.profile.chosen.connect(self._profile_chosen)
        self.region.chosen.connect(self._region_chosen)

    @staticmethod
    def _labelled(look: Look, button: MenuButton, label: str, line: str) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for words in (
            Label(look, label, "meta-strong", "text2"),
            Label(look, line, "meta", "text2", wrap=True),
        ):
            words.setContentsMargins(RING, 0, RING, 0)
            column.addWidget(words)
        row = QHBoxLayout()
        row.addWidget(button)
        row.addStretch(1)
        column.insertLayout(1, row)
        button.setAccessibleDescription(line)
        return holder

    # ---- what is chosen ---------------------------------------------------------------------------------

    @property
    def is_empty(self) -> bool:
        """Whether AWS's files have been read and have no profile."""
        return self._known is not None and not self._known.profiles

    @property
    def aws_profile(self) -> str:
        """The AWS profile's name; empty while there is none."""
        return self.profile.current()

    @property
    def region_code(self) -> str:
        """AWS's name of the region; empty while none is chosen."""
        return self.region.current()

    def focus_first(self) -> None:
        """Put the focus where something is to be chosen."""
        (self.region if self.aws_profile and not self.region_code else self.profile).setFocus()

    def show_profiles(self, known: AwsProfiles) -> None:
        """Offer these; what was chosen stays chosen."""
        self._known = known
        self._fields.setVisible(bool(known.profiles))
        if not known.profiles:
            self.note.say(
                translate("SetUp", "There is no AWS profile on this computer yet"),
                translate(
                    "SetUp",
                    "An AWS profile is how AWS's own tools know you. Install the AWS CLI, open a terminal, and run “{command}”, or “{sso}” where your company signs in to AWS in the browser. Then come back here.",
                ).format(command=COMMAND, sso=f"{COMMAND} sso"),
                [
                    (translate("SetUp", "Copy the command"), self._copy),
                    (translate("SetUp", "Look again"), self.look_again.emit),
                ],
            )
            self.changed.emit()
            return
        self.note.clear()
        names = [profile.name for profile in known.profiles]
        before = self.aws_profile
        chosen = before if before in names else known.usual or names[0]
        self.profile.set_choices([(name, name) for name in names], chosen)
        self._offer_regions()
        self.changed.emit()

    def _offer_regions(self) -> None:
        assert self._known is not None
        own = next(one.region for one in self._known.profiles if one.name == self.aws_profile)
        current = self.region_code if self._region_touched else own or ""
        regions = {*known_regions(), *filter(None, (own, current))}
        choices = sorted(((code, region_in_full(code)) for code in regions), key=lambda choice: choice[1])
        if not current:
            choices.insert(0, ("", translate("SetUp", "Choose a region…")))
        self.region.set_choices(choices, current)

    def _profile_chosen(self, _name: str) -> None:
        self._offer_regions()
        self.changed.emit()

    def _region_chosen(self, _code: str) -> None:
        self._region_touched = True
        self._offer_regions()
        self.changed.emit()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(COMMAND)
