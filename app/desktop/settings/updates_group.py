"""Settings → Advanced: the address that is asked for newer versions, a look at once, and what it found."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app import __version__
from app.account.endpoints import EndpointRefused, normalise_endpoint
from app.desktop.formats import day, event
from app.desktop.i18n import translate
from app.desktop.opening import open_page
from app.desktop.settings.form_fields import FormField, field_problem
from app.desktop.settings.groups import ICON_INSET, INSET, Group, SettingRow
from app.desktop.widgets.buttons import RING, Button
from app.desktop.widgets.labels import Label, Paragraph, Picture
from app.errors import ProfileInvalid
from app.sessions.text import inert, inert_line
from app.updates.pages import page_to_open

if TYPE_CHECKING:
    from app.account.settings import Settings
    from app.desktop.context import Context
    from app.errors import ChatLogError
    from app.updates.releases import Release

FOLDED_LINES = 8
FOLDED_CHARACTERS = 600
"""Of a release's notes that show at first: about a dozen lines."""


class Updates(Group):
    """The address; below it the last look; below that the newest release, where there is a newer one."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.look, translate("Updates", "Newer versions"))
        self._context = context
        self._updates = context.updates
        self.address_row = AddressRow(context)
        self.add(self.address_row)
        self.look_button = Button(context.look, translate("Updates", "Look now"), small=True)
        self.look_row = SettingRow(
            context, translate("Updates", "Latest version"), "", [self.look_button], icon="retry"
        )
        self.add(self.look_row)
        self.release_row: ReleaseRow | None = None
        self._shown: Release | None = None
        self.look_button.clicked.connect(self._updates.look_now)
        self._updates.changed.connect(self._show)
        self._show()

    def shown(self) -> None:
        """It has come to the front."""
        self._updates.recall()

    def _show(self) -> None:
        updates = self._updates
        self.look_button.setEnabled(updates.address is not None and not updates.looking)
        self.look_row.tell(updates.error, updates.look_now)
        self._say()
        newest = updates.newest
        if newest == self._shown:
            return
        self._shown = newest
        if self.release_row is not None:
            self.remove(self.release_row)
            self.release_row = None
        if newest is not None and updates.address is not None:
            self.release_row = ReleaseRow(self._context, newest, updates.address)
            self.add(self.release_row, line_from=ICON_INSET)
        self.update()

    def _say(self) -> None:
        updates, look, newest = self._updates, self._updates.look, self._updates.newest
        if updates.address is None:
            self.look_row.say(translate("Updates", "No address is set, so nobody is asked"))
        elif updates.looking:
            self.look_row.say(translate("Updates", "Looking…"))
        elif updates.error is not None:
            self.look_row.say("")
        elif newest is not None:
            text = translate("Updates", "Version {version} is there; this is {current}")
            self.look_row.say(text.format(version=newest.version, current=__version__))
        elif look is None:
            self.look_row.say(translate("Updates", "Not looked yet"))
        elif look.failed:
            text = translate(
                "Updates", "The last look did not succeed ({moment}); the next one comes within a day"
            )
            self.look_row.say(text.format(moment=event(look.at)))
        else:
            text = translate("Updates", "{version} is up to date · looked: {moment}")
            self.look_row.say(text.format(version=__version__, moment=event(look.at)), "ok")


class AddressRow(SettingRow):
    """A field, what it means that an address stands in it, and its end."""

    def __init__(self, context: Context) -> None:
        look = context.look
        super().__init__(context, translate("Updates", "Ask for newer versions"), " ")
        self._address: str | None = None
        self.field = FormField(
            look, translate("Updates", "Releases address"), placeholder="https://…", parent=self
        )
        self.use_button = Button(look, translate("Updates", "Use"))
        self.use_button.setAccessibleName(translate("Updates", "Use the releases address"))
        self.stop_button = Button(look, translate("Updates", "Stop asking"))
        holder = QHBoxLayout()
        holder.setContentsMargins(look.px(INSET) - RING, 0, look.px(INSET) - RING, look.px(10))
        holder.setSpacing(0)
        holder.addWidget(self.field, 1)
        beside = QVBoxLayout()
        # On the line of the field, below the height of its label.
        beside.addSpacing(self.field.label.sizeHint().height())
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        buttons.addWidget(self.use_button)
        buttons.addWidget(self.stop_button)
        beside.addLayout(buttons)
        beside.addStretch(1)
        holder.addLayout(beside)
        self._outer.addLayout(holder)
        self.field.edited.connect(self._edited)
        self.field.entered.connect(self.use)
        self.use_button.clicked.connect(self.use)
        self.stop_button.clicked.connect(self.stop)
        context.account.settings_changed.connect(self._show)
        self._show(context.account.settings)

    def use(self) -> None:
        """Check what was entered, and write it; nothing entered means that nobody is asked."""
        text = self.field.text()
        if not text:
            self.stop()
            return
        try:
            address = normalise_endpoint(text)
        except EndpointRefused as refused:
            self.field.say(field_problem(ProfileInvalid(reason=refused.reason), self._context.messages))
            self.field.field.setFocus()
            return
        self._save(address)

    def stop(self) -> None:
        """Nobody is asked from now on."""
        self._save(None)

    def _save(self, address: str | None) -> None:
        self.field.say("")
        self.tell(None)

        def failed(error: ChatLogError) -> None:
            self.tell(error, lambda: self._save(address))
            self._edited()

        self._context.account.save_settings({"releases_address": address}, failed=failed, owner=self)

    def _edited(self) -> None:
        self.field.say("")
        text = self.field.text()
        self.use_button.setEnabled(bool(text) and text != self._context.account.settings.releases_address)

    def _show(self, settings: Settings) -> None:
        address = settings.releases_address
        if address != self._address:
            # Another setting that changes leaves alone what is being entered.
            self._address = address
            self.field.set_text(address or "")
        self.stop_button.setVisible(address is not None)
        self._edited()
        if address is None:
            line = translate(
                "Updates",
                "Off. An address that you set here is asked once a day, while the program runs, which versions there are. Nothing is downloaded or installed.",
            )
            self.say(line)
        else:
            line = translate(
                "Updates",
                "{host} is asked once a day, while the program runs, which versions there are. Nothing is downloaded or installed.",
            )
            self.say(line.format(host=urlsplit(address).netloc))
        self.field.field.setAccessibleDescription(self.line.text())


class ReleaseRow(QWidget):
    """A release in its authors' words, which act on nothing here, and the way to its page."""

    def __init__(self, context: Context, release: Release, address: str) -> None:
        super().__init__()
        look = context.look
        self._notes = inert(release.notes).strip()
        self._page = page_to_open(release, address)
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(18), look.px(8), look.px(16), look.px(8))
        row.setSpacing(look.px(16))
        row.addWidget(Picture(look, "info"), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(look.px(4))
        row.addLayout(column, 1)
        self.title = Label(look, _title(release), "strong", wrap=True)
        name = inert_line(release.name)
        self.name = _their_words(Paragraph(look, name, "meta", "text2"))
        self.notes = _their_words(Paragraph(look, "", "body", "text"))
        column.addWidget(self.title)
        column.addWidget(self.name)
        column.addWidget(self.notes)
        self.name.setVisible(bool(name))
        self.notes.setVisible(bool(self._notes))
        self.fold_button = Button(look, "", "link", small=True)
        self.page_button = Button(look, translate("Updates", "Open the release's page"), small=True)
        self.page_button.setToolTip(self._page)
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        buttons.addSpacing(-RING)
        buttons.addWidget(self.page_button)
        buttons.addWidget(self.fold_button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        self.elsewhere = _their_words(Paragraph(look, "", "meta", "text2"))
        column.addWidget(self.elsewhere)
        self.page_button.setVisible(bool(self._page))
        self.elsewhere.setVisible(bool(release.page) and not self._page)
        self.elsewhere.setText(
            translate("Updates", "Its page is at another host and is not opened from here: {address}").format(
                address=inert_line(release.page, len(release.page))
            )
        )
        self.setAccessibleName(self.title.text())
        self._folded = True
        self.fold_button.setVisible(folded(self._notes) != self._notes)
        self._show_notes()
        self.fold_button.clicked.connect(self._fold)
        self.page_button.clicked.connect(lambda: open_page(self._page))

    def _fold(self) -> None:
        self._folded = not self._folded
        self._show_notes()

    def _show_notes(self) -> None:
        self.notes.setText(folded(self._notes) if self._folded else self._notes)
        self.fold_button.setText(
            translate("Updates", "Show all notes")
            if self._folded
            else translate("Updates", "Show fewer notes")
        )


def folded(notes: str) -> str:
    """Their beginning, where they are long."""
    lines = notes.split("\n")
    if len(notes) <= FOLDED_CHARACTERS and len(lines) <= FOLDED_LINES:
        return notes
    return "\n".join(lines[:FOLDED_LINES])[:FOLDED_CHARACTERS].rstrip() + "…"


def _title(release: Release) -> str:
    if release.day is None:
        return translate("Updates", "Version {version}").format(version=release.version)
    return translate("Updates", "Version {version} of {date}").format(
        version=release.version, date=day(release.day)
    )


def _their_words(label: Paragraph) -> Paragraph:
    """As wide as there is room and no wider, whatever words without an end stand in it."""
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    label.setMinimumWidth(1)
    return label
