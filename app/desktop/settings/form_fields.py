"""A field of a form: its label above it, what is wrong with it below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from app.desktop.i18n import translate
from app.desktop.widgets.buttons import RING
from app.desktop.widgets.fields import TextField
from app.desktop.widgets.labels import Label, Picture
from app.errors import ProfileInvalid

if TYPE_CHECKING:
    from app.desktop.messages import Messages
    from app.desktop.theme import Look
    from app.errors import ChatLogError


class FormField(QWidget):
    """One line of text. What is pasted loses the spaces and line ends that copying brought along."""

    edited = Signal()
    """A person changed the text."""
    entered = Signal()
    """Return was pressed."""

    def __init__(
        self,
        look: Look,
        label: str,
        *,
        placeholder: str = "",
        secret: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`secret`: never shown."""
        super().__init__(parent)
        self.touched = False
        """Whether a person has been at it: only then is it told what is wrong."""
        self._before = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(RING, 0, RING, 0)
        self.label = Label(look, label, "meta-strong", "text2")
        head.addWidget(self.label)
        layout.addLayout(head)
        self.field = TextField(look, label, placeholder)
        self.field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if secret:
            self.field.setEchoMode(QLineEdit.EchoMode.Password)
            self.field.setInputMethodHints(
                Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
            )
        self.label.setBuddy(self.field)
        layout.addWidget(self.field)
        below = QHBoxLayout()
        below.setContentsMargins(RING, 0, RING, 0)
        below.setSpacing(look.px(6))
        self._picture = Picture(look, "failed", "bad", side=14)
        self._text = Label(look, "", "meta", "bad", wrap=True)
        below.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self._text, 1)
        layout.addLayout(below)
        self.say("")
        self.field.textEdited.connect(self._edited)
        self.field.returnPressed.connect(self.entered)

    def text(self) -> str:
        """What stands in it, without spaces around it."""
        return self.field.text().strip()

    def set_text(self, text: str) -> None:
        """Put a text into it."""
        self.field.setText(text)
        self._before = text

    def problem(self) -> str:
        """What is told to be wrong with it; empty for nothing."""
        return self._text.text()

    def say(self, problem: str) -> None:
        """Tell what is wrong with it; empty for nothing."""
        self._text.setText(problem)
        self._text.setVisible(bool(problem))
        self._picture.setVisible(bool(problem))
        self.field.set_problem(bool(problem))
        self.field.setAccessibleDescription(problem)

    def _edited(self, text: str) -> None:
        if abs(len(text) - len(self._before)) > 1 and text != text.strip():
            # Pasted. One key at a time may leave a space where more is to come.
            text = text.strip()
            self.field.setText(text)
        self._before = text
        self.touched = True
        self.edited.emit()


def field_problem(error: ChatLogError, messages: Messages) -> str:
    """What is wrong with a field, in a sentence beside it."""
    reason = str(error.parameters.get("reason")) if isinstance(error, ProfileInvalid) else ""
    known = {
        "name-malformed": translate(
            "Profiles", "Up to 64 letters and digits, with . - _ between them, without spaces."
        ),
        "name-reserved": translate("Profiles", "The program keeps this name for itself."),
        "name-taken": translate("Profiles", "There is a profile of this name already."),
        "endpoint-missing": translate("Profiles", "The address is needed."),
        "endpoint-malformed": translate("Profiles", "This is no address such as https://…/."),
        "endpoint-not-https": translate(
            "Profiles", "It has to begin with https://. Only this computer itself may have http://."
        ),
        "endpoint-user-info": translate("Profiles", "Leave out the user name and password."),
        "endpoint-fragment": translate("Profiles", "Leave out what stands behind “#”."),
        "endpoint-query": translate("Profiles", "Leave out what stands behind “?”."),
        "region-malformed": translate("Profiles", "This is no AWS region such as ap-northeast-1."),
        "region-mismatch": translate("Profiles", "The address names another region."),
        "aws-profile-malformed": translate("Profiles", "This cannot be the name of an AWS profile."),
        "secret-malformed": translate(
            "Profiles", "It has spaces or other characters that no credential has. Copy it again, whole."
        ),
        "credentials-needed": translate("Profiles", "This is needed."),
    }
    return known.get(reason) or messages.explain(error).cause
