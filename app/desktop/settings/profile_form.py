"""The fields of a profile: checked in the background as one types, each told by itself what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.account.endpoints import EndpointRefused, is_loopback, normalise_endpoint
from app.account.profile_editing import Draft
from app.desktop.i18n import translate
from app.desktop.settings.connection_field import ConnectionField
from app.desktop.settings.form_fields import FormField, field_problem
from app.desktop.settings.notes import Below, Note
from app.desktop.settings.second_choice import SecondChoice
from app.desktop.widgets.buttons import RING
from app.desktop.widgets.labels import Label
from app.desktop.widgets.segments import Segments
from app.errors import KeyringMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.account.os_keyring import KeyringState
    from app.account.profile_editing import DraftField
    from app.account.profile_editing import DraftKind as Kind
    from app.account.profiles import Profile
    from app.desktop.context import Context
    from app.desktop.tasks import Task
    from app.errors import ChatLogError


CHECK_MILLISECONDS = 250
"""After the last key before the fields are checked."""

DEFAULT_AWS_PROFILE = "default"


Way = Literal["connection", "token", "iam"]
"""How a profile is entered: by what a deployment printed, or by hand with a token or AWS credentials."""

_TOKEN_FIELDS: tuple[DraftField, ...] = ("name", "endpoint", "token")
_AWS_PROFILE_FIELDS: tuple[DraftField, ...] = ("name", "endpoint", "aws_profile", "region")
_KEY_FIELDS: tuple[DraftField, ...] = (
    "name",
    "endpoint",
    "access_key_id",
    "secret_access_key",
    "session_token",
    "region",
)


class ProfileForm(QWidget):
    """What a profile consists of. `draft` is what stands in it now."""

    changed = Signal()
    """A person changed something; what was tested before is of another draft."""
    entered = Signal()
    """Return was pressed in a field."""
    keyring_told = Signal()
    """Whether credentials outlive the run is known now, or has changed."""

    def __init__(
        self,
        context: Context,
        *,
        editing: Draft | None = None,
        before: Profile | None = None,
        way: Way = "token",
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`editing` and `before`: the profile that is changed; else `way` and `name` are what it begins with."""
        super().__init__(parent)
        look = context.look
        self._context = context
        self._editing = editing
        self._way: Way = way
        if editing is not None:
            self._way = "connection" if editing.kind == "signin" else editing.kind
        self._checking: Task[dict[DraftField, ChatLogError]] | None = None
        self._keyring: KeyringState | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CHECK_MILLISECONDS)
        self._timer.timeout.connect(self._check_touched)
        self._asked: tuple[DraftField, ...] = _TOKEN_FIELDS
        self._make_fields(editing, name)
        self.connection = ConnectionField(context, before)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.px(10))
        layout.addWidget(self.connection)
        layout.addWidget(self._fields["name"])
        layout.addWidget(self._fields["endpoint"])
        layout.addWidget(self._fields["token"])
        self._ways = QWidget()
        ways = QVBoxLayout(self._ways)
        ways.setContentsMargins(RING, 0, RING, 0)
        ways.setSpacing(look.px(4))
        ways.addWidget(Label(look, self.ways.accessibleName(), "meta-strong", "text2"))
        row = QHBoxLayout()
        row.addWidget(self.ways)
        row.addStretch(1)
        ways.addLayout(row)
        layout.addWidget(self._ways)
        pairs: tuple[tuple[DraftField, ...], ...] = (
            ("aws_profile",),
            ("access_key_id", "secret_access_key"),
            ("session_token", "region"),
        )
        for pair in pairs:
            beside = QHBoxLayout()
            beside.setSpacing(look.px(8))
            for field in pair:
                beside.addWidget(self._fields[field], 1)
            layout.addLayout(beside)
        self.second = SecondChoice(
            look,
            context.account.profiles,
            itself=editing.name if editing is not None else "",
            second=editing.second if editing is not None else None,
        )
        layout.addWidget(self.second)
        self.note = Note(look)
        layout.addWidget(Below(self.note, left=RING, right=RING))
        self.second.changed.connect(self._edited)
        self.connection.changed.connect(self._connection_changed)
        self.connection.entered.connect(self.entered)
        self.ways.chosen.connect(self._credentials_chosen)
        self.set_way(self._way)
        context.workplace.run(
            lambda services, _task: services.vault.describe_keyring(), done=self._take_keyring, owner=self
        )

    def _make_fields(self, editing: Draft | None, name: str) -> None:
        look = self._context.look
        kept = translate("Profiles", "Kept; leave empty to go on with it") if editing is not None else ""
        texts: dict[DraftField, tuple[str, str, bool]] = {
            "name": (translate("Profiles", "Name"), "", False),
            "endpoint": (translate("Profiles", "Address"), "https://", False),
            "token": (translate("Profiles", "Access token"), kept, True),
            "aws_profile": (translate("Profiles", "AWS profile"), DEFAULT_AWS_PROFILE, False),
            "access_key_id": (translate("Profiles", "Access key ID"), kept, False),
            "secret_access_key": (translate("Profiles", "Secret access key"), kept, True),
            "session_token": (
                translate("Profiles", "Session token"),
                translate("Profiles", "For temporary keys only"),
                True,
            ),
            "region": (translate("Profiles", "Region"), translate("Profiles", "As in the address"), False),
        }
        self._fields = {
            at: FormField(look, label, placeholder=placeholder, secret=secret)
            for at, (label, placeholder, secret) in texts.items()
        }
        self.ways = Segments(
            look,
            translate("Profiles", "Credentials"),
            [
                ("profile", translate("Profiles", "From an AWS profile")),
                ("key", translate("Profiles", "Access key")),
                ("token", translate("Profiles", "Access token")),
            ],
        )
        if editing is None:
            self._fields["name"].set_text(name)
        else:
            for at in ("name", "endpoint", "region", "aws_profile"):
                self._fields[at].set_text(getattr(editing, at))
            self.ways.choose("key" if editing.kind == "iam" and not editing.aws_profile else "profile")
        for field in self._fields.values():
            field.edited.connect(self._edited)
            field.entered.connect(self.entered)

    # ---- what stands in it ------------------------------------------------------------------------------

    def field(self, at: DraftField) -> FormField:
        """One field."""
        return self._fields[at]

    def set_way(self, way: Way) -> None:
        """Show the fields of this way to enter a profile."""
        self._way = way
        connection = self.connection.connection
        # A token opens an endpoint on this computer alone, where no AWS checks keys.
        here = way == "connection" and connection is not None and is_loopback(connection.endpoint)
        self.ways.set_shown("token", here)
        self._asked = self._fields_to_ask()
        for at, field in self._fields.items():
            field.setVisible(at in self._asked)
        self.connection.setVisible(way == "connection")
        self._ways.setVisible(
            way == "iam" or (way == "connection" and connection is not None and connection.mode == "personal")
        )
        self._say_keyring()

    def _fields_to_ask(self) -> tuple[DraftField, ...]:
        if self._way == "token":
            return _TOKEN_FIELDS
        credentials = {"profile": _AWS_PROFILE_FIELDS, "key": _KEY_FIELDS, "token": _TOKEN_FIELDS}
        asked = credentials[self.ways.current()]
        if self._way == "iam":
            return asked
        connection = self.connection.connection
        if connection is None or connection.mode == "team":
            return ("name",) if connection is not None or self._keeps_sign_in else ()
        return tuple(at for at in asked if at not in {"endpoint", "region"})

    @property
    def _keeps_sign_in(self) -> bool:
        """Whether a team's profile is changed, and no other connection given for it."""
        editing = self._editing
        return editing is not None and editing.kind == "signin" and self.connection.connection is None

    @property
    def way(self) -> Way:
        """The way it is entered."""
        return self._way

    @property
    def kind(self) -> Kind:
        """The way to sign in."""
        if self._way != "connection":
            return self._way
        connection = self.connection.connection
        if self._keeps_sign_in or (connection is not None and connection.mode == "team"):
            return "signin"
        return "token" if self.ways.current() == "token" else "iam"

    @property
    def lacks_connection(self) -> bool:
        """Whether it is to be entered by a connection, and none is there."""
        return self._way == "connection" and self.connection.connection is None and not self._keeps_sign_in

    def draft(self) -> Draft:
        """What stands in the fields that are shown."""
        shown: dict[str, Any] = {at: self._fields[at].text() for at in self._asked}
        shown["second"] = self.second.current()
        kind, before = self.kind, self._editing
        if kind == "iam" and self.ways.current() == "profile":
            shown["aws_profile"] = shown.get("aws_profile") or DEFAULT_AWS_PROFILE
        if self._way == "connection":
            return self._connection_draft(kind, shown)
        if kind == "token" and before is not None and before.endpoint == shown["endpoint"]:
            # It is not asked for, and stays what it was for the same address.
            shown["region"] = before.region
        return Draft(kind=kind, **shown)

    def _connection_draft(self, kind: Kind, shown: dict[str, Any]) -> Draft:
        connection = self.connection.connection
        if connection is not None:
            given = {"endpoint": connection.endpoint, "region": connection.region, "connection": connection}
            return Draft(kind=kind, **{"name": "", **shown, **given})
        if self._keeps_sign_in and self._editing is not None:
            return replace(self._editing, **shown)
        return Draft(kind=kind, name=self._fields["name"].text(), endpoint="")

    def focus_first(self) -> None:
        """Put the focus where something is to be typed."""
        if self.lacks_connection:
            self.connection.text.field.setFocus()
            return
        fields = [self._fields[at] for at in self._asked]
        empty = next((field for field in fields if not field.text()), fields[0])
        empty.field.setFocus()

    def focus(self, at: DraftField) -> None:
        """Put the focus into a field."""
        self._fields[at].field.setFocus()

    def _credentials_chosen(self, _key: str) -> None:
        self.set_way(self._way)
        self._edited()

    def _connection_changed(self) -> None:
        connection, name = self.connection.connection, self._fields["name"]
        if connection is not None and self._editing is None and not name.touched:
            name.set_text(connection.name)
        self.set_way(self._way)
        self._edited()

    def _edited(self) -> None:
        self._timer.start()
        self._say_keyring()
        self.changed.emit()

    # ---- what is wrong with it --------------------------------------------------------------------------

    def check(self, done: Callable[[bool], None]) -> None:
        """Check all of it in the background, tell each field what is wrong with it, then `done` whether nothing is."""
        if self.lacks_connection:
            self.connection.say_needed()
            done(False)
            return
        for field in self._fields.values():
            field.touched = True
        self._timer.stop()
        self._check(done)

    def _check_touched(self) -> None:
        if not self.lacks_connection:
            self._check(None)

    def _check(self, done: Callable[[bool], None] | None) -> None:
        if self._checking is not None:
            self._checking.cancel()
        draft = self.draft()
        editing = self._editing.name if self._editing is not None else None
        every = done is not None

        def checked(problems: Mapping[DraftField, ChatLogError]) -> None:
            self._tell(problems, every=every)
            if done is not None:
                done(not problems)

        def failed(error: ChatLogError) -> None:
            # The settings cannot be read: no name can be checked, and nothing could be written.
            self._tell({"name": error}, every=every)
            if done is not None:
                done(False)

        self._checking = self._context.workplace.run(
            lambda services, _task: services.profile_editor.check(draft, editing=editing),
            done=checked,
            failed=failed,
            owner=self,
        )

    def _tell(self, problems: Mapping[DraftField, ChatLogError], *, every: bool) -> None:
        first: FormField | None = None
        for at, field in self._fields.items():
            error = problems.get(at)
            wanted = error is not None and field.touched and (every or bool(field.text()))
            field.say(field_problem(error, self._context.messages) if error is not None and wanted else "")
            if wanted and first is None and at in self._asked:
                first = field
        if every and first is not None:
            first.field.setFocus()

    # ---- the keyring ------------------------------------------------------------------------------------

    @property
    def for_this_run(self) -> bool:
        """Whether credentials that are entered would be forgotten when the program ends."""
        return self._keyring is not None and self._keyring.kind == "missing" and self._needs_keyring()

    def _needs_keyring(self) -> bool:
        if self.kind == "iam":
            return self.ways.current() == "key" and not self.lacks_connection
        if self.kind == "signin":
            return True
        try:
            # A sandbox's token opens nothing beyond this computer, and is kept in a file.
            return not is_loopback(normalise_endpoint(self.draft().endpoint))
        except EndpointRefused:
            return True

    def _take_keyring(self, state: KeyringState) -> None:
        self._keyring = state
        self._say_keyring()

    def _say_keyring(self) -> None:
        state = self._keyring
        if state is None or state.kind == "available" or not self._needs_keyring():
            self.note.clear()
        elif state.kind == "locked":
            self.note.say(
                translate("Profiles", "The keyring is locked"),
                translate("Profiles", "The system asks you to unlock it when the profile is saved."),
            )
        else:
            explained = self._context.messages.explain(KeyringMissing(reason=state.reason))
            self.note.say(
                translate("Profiles", "Credentials are kept until the program ends"),
                explained.text,
                kind="warning",
            )
        self.keyring_told.emit()
