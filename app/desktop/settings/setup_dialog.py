"""Setting up an archive in one's own AWS account: chosen, shown with its cost, agreed to, made, and then in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from app.desktop.i18n import translate
from app.desktop.settings.fitting_dialog import FittingDialog
from app.desktop.settings.form_fields import FormField, field_problem
from app.desktop.settings.notes import Below, Note
from app.desktop.settings.regions import region_in_full
from app.desktop.settings.setup_choice import SetUpChoice
from app.desktop.settings.setup_parts import Outcome, PlanSummary, SetUpProgress
from app.desktop.settings.setup_work import Held, carry_out, discard_plan, make_plan, reach
from app.desktop.widgets.buttons import RING, Button
from app.desktop.widgets.problem import Problem
from app.errors import ProfileInvalid

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from app.bootstrap import Services
    from app.deployment.aws_profiles import AwsProfiles
    from app.deployment.values import Deployed, Plan
    from app.desktop.context import Context
    from app.desktop.messages import ActionKind
    from app.desktop.settings.account import ProfileView
    from app.desktop.settings.setup_work import Planned, Reached
    from app.desktop.tasks import Task
    from app.errors import ChatLogError

State = Literal["reading", "choosing", "planning", "planned", "creating", "there", "connecting", "done"]
"""AWS's files are read; a person chooses; AWS is asked; what it would do is shown; it does it; the archive is there, and
has a profile or none; it is asked whether it answers, and its profile is written; it is in use."""

BUSY: frozenset[State] = frozenset({"reading", "planning", "creating", "connecting"})
AT_WORK: frozenset[State] = frozenset({"creating", "connecting"})
"""Not to be closed by mistake."""

PROFILE_NAME = "aws"
WIDTH = 560


class SetUpDialog(FittingDialog):
    """Begins by itself with reading AWS's files."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        look = context.look
        title = translate("SetUp", "Set up in my AWS account")
        super().__init__(look, title, title, width=WIDTH, parent=parent)
        self._context = context
        self._task: Task[Any] | None = None
        self._held: Held | None = None
        self._planned: Planned | None = None
        self._deployed: Deployed | None = None
        self._retry: Callable[[], None] = self._read
        self.state: State = "reading"
        self.choice = SetUpChoice(look)
        self.summary = PlanSummary(look)
        self.outcome = Outcome(look)
        self.name = FormField(look, translate("SetUp", "Name of the profile in this program"))
        self.name.set_text(_free_name(context.account.profiles))
        self.progress = SetUpProgress(look)
        self.problem = Problem(look, context.messages, self._act)
        self.note = Note(look)
        self.column.setSpacing(look.px(12))
        for widget in (self.choice, self.summary, self.outcome, self.name, self.progress):
            self.column.addWidget(widget)
        for below in (self.problem, self.note):
            self.column.addWidget(Below(below, left=RING, right=RING))
        self.column.addStretch(1)
        self.go_button = Button(look, "", "primary")
        self.cancel_button = Button(look, translate("SetUp", "Cancel"))
        self.back_button = Button(look, translate("SetUp", "Back"))
        self.set_buttons(self.go_button, [self.cancel_button], left=[self.back_button])
        self.go_button.clicked.connect(self.go_on)
        self.cancel_button.clicked.connect(self.reject)
        self.back_button.clicked.connect(self.go_back)
        self.choice.changed.connect(self._renew)
        self.choice.look_again.connect(self._read)
        self.name.edited.connect(self._name_edited)
        context.account.profile_changed.connect(self._used)
        self._read()

    def told(self) -> list[QWidget]:
        """What went wrong, and what should be read before it is closed."""
        return [self.problem, self.note]

    # ---- how far it is ----------------------------------------------------------------------------------

    @property
    def leading(self) -> ProfileView | None:
        """The profile that leads to the archive that is there; the one in use first."""
        connection = self._planned.connection if self._planned is not None else None
        if connection is None:
            return None
        views = [view for view in self._context.account.profiles if view.endpoint == connection.endpoint]
        return next((view for view in views if view.in_use), views[0] if views else None)

    @property
    def earlier(self) -> ProfileView | None:
        """The profile of the archive's bucket from a stack that was removed: its address answers no more."""
        planned = self._planned
        if planned is None or planned.connection is not None:
            return None
        views = (view for view in self._context.account.profiles if view.kind == "iam")
        return next(
            (view for view in views if view.storage is not None and view.storage.bucket == planned.bucket),
            None,
        )

    def _go_to(self, state: State) -> None:
        self.state = state
        self.problem.tell(None)
        self.note.clear()
        self._renew()
        if state in AT_WORK:
            # It only asks: nothing that a key does by mistake ends what has begun.
            self.cancel_button.setFocus()
        self.fit_anew()

    def _renew(self) -> None:
        """What is shown, what the buttons say, and whether they can be pressed."""
        state, leading = self.state, self.leading
        self.choice.setVisible(state in {"reading", "choosing", "planning"})
        self.choice.setEnabled(state == "choosing")
        self.summary.setVisible(state == "planned")
        self.outcome.setVisible(state in {"there", "done"})
        named = leading is not None or self.earlier is not None
        self.name.setVisible(state in {"planned", "there"} and not named)
        self.progress.setVisible(state in BUSY)
        self.back_button.setVisible(state in {"planned", "there"})
        self.cancel_button.setText(
            translate("SetUp", "Close") if state in AT_WORK else translate("SetUp", "Cancel")
        )
        over = state == "there" and leading is not None and leading.in_use
        self.cancel_button.setVisible(state != "done" and not over)
        self.go_button.setText(self._words())
        self.go_button.setVisible(state not in AT_WORK)
        self.go_button.setEnabled(self._may_go_on())

    def _words(self) -> str:
        leading = self.leading
        if self.state == "planned" and self._planned is not None:
            return _agreeing(self._planned.plan)
        if self.state == "there":
            if leading is None:
                return translate("SetUp", "Add the profile and use it")
            if not leading.in_use:
                return translate("SetUp", "Use “{name}”").format(name=leading.title)
        if self.state in {"there", "done"}:
            return translate("SetUp", "Done")
        return translate("SetUp", "Show what would be made")

    def _may_go_on(self) -> bool:
        if self._task is not None:
            return False
        if self.state == "choosing":
            return bool(self.choice.aws_profile and self.choice.region_code)
        return self.state in {"planned", "there", "done"}

    def go_on(self) -> None:
        """The next step."""
        steps: dict[State, Callable[[], None]] = {
            "choosing": self._plan,
            "planned": lambda: self._named(self._create),
            "there": self._take_up,
            "done": self.accept,
        }
        if self._may_go_on():
            steps[self.state]()

    def go_back(self) -> None:
        """Choose anew; nothing is left of what was shown."""
        self._let_go()
        self._planned = None
        self._go_to("choosing")
        self.choice.focus_first()

    def _run(
        self,
        work: Callable[[Services, Task[Any]], Any],
        done: Callable[[Any], None],
        progress: Callable[[Any], None] | None = None,
    ) -> None:
        def ended(result: Any) -> None:  # noqa: ANN401 - each step has a result of its own
            self._task = None
            done(result)

        self._task = self._context.workplace.run(
            work, done=ended, failed=self._failed, progress=progress, owner=self, of_any_profile=True
        )
        self._renew()

    # ---- choosing ---------------------------------------------------------------------------------------

    def _read(self) -> None:
        self._retry = self._read
        self._go_to("reading")
        self.progress.wait_for(translate("SetUp", "Looking for AWS profiles…"))
        self._run(lambda services, _task: services.aws_profiles(), self._found)

    def _found(self, known: AwsProfiles) -> None:
        self._go_to("choosing")
        self.choice.show_profiles(known)
        self.choice.focus_first()

    def _plan(self) -> None:
        self._retry = self._plan
        self._planned = None
        aws_profile, region = self.choice.aws_profile, self.choice.region_code
        held = self._held = Held()
        self._go_to("planning")
        self.progress.wait_for(translate("SetUp", "Asking AWS what would be made…"))
        self._run(
            lambda services, task: make_plan(services, aws_profile, region, held, task), self._show_plan
        )

    def _show_plan(self, planned: Planned) -> None:
        self._planned, self._deployed = planned, planned.deployed
        if not planned.plan.changes:
            self._say_there(translate("SetUp", "Your archive is there, and up to date"))
            return
        self.summary.show_plan(planned)
        self._go_to("planned")
        # The first in reading order; Return agrees to nothing.
        self.summary.fold.setFocus()

    # ---- making it --------------------------------------------------------------------------------------

    def _named(self, then: Callable[[], None]) -> None:
        """Go on where the profile's name can be one."""
        if self.leading is not None or self.earlier is not None:
            then()
            return
        name = self.name.text()

        def checked(problem: ChatLogError | None) -> None:
            if problem is None:
                then()
                return
            self.name.say(field_problem(problem, self._context.messages))
            self.name.field.setFocus()
            self._renew()

        self._run(lambda services, _task: services.profile_editor.check_name(name), checked)

    def _name_edited(self) -> None:
        self.name.say("")

    def _create(self) -> None:
        planned = self._planned
        assert planned is not None
        # From now on it is AWS's: there is nothing to discard, and after a failure it has to be asked anew.
        self._held = None
        self._retry = self._plan
        self._go_to("creating")
        self.progress.begin(planned)
        self._run(
            lambda services, task: carry_out(services, planned, task), self._created, self.progress.show_steps
        )

    def _created(self, deployed: Deployed) -> None:
        self._deployed = deployed
        if self.leading is None:
            self._connect()
        else:
            self._take_up()

    # ---- using it ---------------------------------------------------------------------------------------

    def _say_there(self, title: str) -> None:
        """The archive is there; what is left is its profile."""
        deployed, leading = self._deployed, self.leading
        assert deployed is not None
        place = deployed.place
        if leading is None:
            text = translate(
                "SetUp", "It is in {region}, in the AWS account {account}, and has no profile here yet."
            )
        elif leading.in_use:
            text = translate(
                "SetUp",
                "It is in {region}, in the AWS account {account}, and the profile “{name}” that is in use leads to it.",
            )
        else:
            text = translate(
                "SetUp",
                "It is in {region}, in the AWS account {account}, and the profile “{name}” leads to it.",
            )
        name = leading.title if leading is not None else ""
        region = region_in_full(place.region)
        self.outcome.say(title, text.format(region=region, account=place.account, name=name))
        self._go_to("there")
        self.go_button.setFocus()

    def _take_up(self) -> None:
        """Use the profile that leads to it; where there is none, make one."""
        leading = self.leading
        if leading is None:
            self._named(self._connect)
        elif leading.in_use:
            self._use_ended(leading)
        else:
            self._retry = self._take_up
            self._go_to("connecting")
            self.progress.wait_for(translate("SetUp", "Taking the profile into use…"))
            self._context.account.use(leading.name, failed=self._not_connected, owner=self)

    def _used(self, view: ProfileView | None) -> None:
        if self.state == "connecting" and self._task is None and view is not None and view == self.leading:
            self._say_done(view.title)

    def _use_ended(self, view: ProfileView) -> None:
        if self.state == "there":
            self.accept()
        else:
            self._say_done(view.title)

    def _connect(self) -> None:
        deployed, earlier = self._deployed, self.earlier
        assert deployed is not None
        name = self.name.text() if earlier is None else earlier.name
        self._retry = self._connect
        self._go_to("connecting")
        self.progress.wait_for(translate("SetUp", "Waiting until the archive answers…"))
        self._run(lambda services, task: reach(services, deployed, name, task), self._save)

    def _save(self, reached: Reached) -> None:
        self.progress.wait_for(translate("SetUp", "Writing the profile…"))
        self._context.account.save_profile(
            reached.draft,
            editing=None if self.earlier is None else self.earlier.name,
            accepted=reached.storage,
            use=True,
            done=self._say_done,
            failed=self._not_connected,
            owner=self,
        )

    def _say_done(self, name: str) -> None:
        deployed = self._deployed
        assert deployed is not None
        text = translate(
            "SetUp",
            "The profile “{name}” is in use: what you archive from now on goes to the bucket {bucket} in {region}, and nowhere else.",
        )
        self.outcome.say(
            translate("SetUp", "Your archive is ready"),
            text.format(
                name=name,
                bucket=deployed.outputs.get("Bucket", ""),
                region=region_in_full(deployed.place.region),
            ),
        )
        self._go_to("done")
        self.go_button.setFocus()

    # ---- what goes wrong --------------------------------------------------------------------------------

    def _failed(self, error: ChatLogError) -> None:
        self._task = None
        if self.state == "connecting":
            self._not_connected(error)
            return
        if self.state == "planned":
            # The settings cannot be read: no name can be checked.
            self.problem.tell(error)
            self._renew()
            return
        self._held = None
        self._planned = None
        self._go_to("choosing")
        self.problem.tell(error)

    def _not_connected(self, error: ChatLogError) -> None:
        self._say_there(translate("SetUp", "Your archive is there"))
        if isinstance(error, ProfileInvalid) and not self.name.isHidden():
            self.name.say(field_problem(error, self._context.messages))
            self.name.field.setFocus()
        else:
            self.problem.tell(error)

    def _act(self, action: ActionKind, error: ChatLogError) -> None:
        if action == "retry":
            (self.go_on if self.state in {"planned", "there"} else self._retry)()
        else:
            self._context.run_action(action, error)

    # ---- leaving ----------------------------------------------------------------------------------------

    def reject(self) -> None:
        """Close it. While AWS is at work it first says what that means."""
        if self.state not in AT_WORK:
            self.leave()
        elif self.note.isHidden():
            self._say_closing()

    def _say_closing(self) -> None:
        text = translate(
            "SetUp",
            "AWS goes on by itself. In a few minutes open this page again, with the same AWS profile and region: it finds what is there, and makes the profile.",
        )
        if self.state == "connecting":
            text = translate(
                "SetUp",
                "The archive is there already, only its profile is missing. Open this page again, with the same AWS profile and region: it makes the profile.",
            )
        self.note.say(
            translate("SetUp", "Close although it is not finished?"),
            text,
            [
                (translate("SetUp", "Go on waiting"), self.note.clear),
                (translate("SetUp", "Close, and finish later"), self.leave),
            ],
            kind="warning",
        )

    def leave(self) -> None:
        """Close it whatever is under way; AWS goes on with what it has begun."""
        self._let_go()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        super().reject()

    def _let_go(self) -> None:
        """Nobody wants the plan any more: nothing of it is left in the account."""
        held, self._held = self._held, None
        left = held.let_go() if held is not None else None
        if left is not None and left.plan.change_set:
            self._context.workplace.run(
                lambda services, _task: discard_plan(services, left), of_any_profile=True
            )


def _agreeing(plan: Plan) -> str:
    """What the button says by which a person agrees."""
    if plan.reused is not None:
        return translate("SetUp", "Set up again in my AWS account")
    if plan.new:
        return translate("SetUp", "Create in my AWS account")
    return translate("SetUp", "Make these changes")


def _free_name(views: tuple[ProfileView, ...]) -> str:
    taken = {view.name.casefold() for view in views}
    names = (PROFILE_NAME, *(f"{PROFILE_NAME}-{count}" for count in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
