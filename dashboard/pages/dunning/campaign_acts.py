"""What is done with a campaign beside editing it: whom it is for, moving cases, comparing, archiving, a message's preview."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.pages.dunning import designer_words as words
from dashboard.pages.dunning.assignment_form import read_assignments, show_assignments
from dashboard.shell.formats import relative_instant
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.run import read, rehearse, write
from models.dunning import (
    CampaignDetail,
    MailPreview,
    Moved,
    archive_campaign,
    assign_campaign,
    get_campaign,
    move_cases,
    preview_mail,
    unarchive_campaign,
)
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, NotFound
from models.kernel.permissions import Permission

MAY = Permission.dunning_write
DIALOGS = {"save", "assign", "archive", "preview"}
SHOWN = 50


@dataclass(frozen=True)
class VersionView:
    """A version as it was saved."""

    number: str
    saved: str
    saved_by: str
    reason: str
    running: str


@dataclass(frozen=True)
class LineView:
    """A line of two versions side by side."""

    left: str
    right: str
    differs: bool


@dataclass(frozen=True)
class MovedView:
    """A case's next step before and after."""

    label: str
    before: str
    after: str


def version_views(found: CampaignDetail, _reader: Actor) -> list[VersionView]:
    """Newest first."""
    return [
        VersionView(
            f"v{each.number}",
            relative_instant(each.created_at),
            each.saved_by,
            each.reason,
            f"{each.running:,}",
        )
        for each in found.versions
    ]


class CampaignActs(rx.State, mixin=True):
    """Its dialogs and what they do."""

    dialog: str = ""
    dialog_error: str = ""
    assigned: list[str] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    targets: dict[str, str] = {}  # noqa: RUF012
    moved: list[MovedView] = []  # noqa: RUF012
    moved_text: str = ""
    compared: list[LineView] = []  # noqa: RUF012
    compared_title: str = ""
    mail: MailPreview = MailPreview()

    _token: str = ""

    @rx.event
    @requires(MAY)
    async def ask(self, name: str) -> None:
        """Open a dialog."""
        self.dialog, self.dialog_error = (name if name in DIALOGS else ""), ""

    @rx.event
    @requires(Mark.page)
    async def close_dialog(self) -> None:
        """Close the open dialog without doing anything."""
        self.dialog = self.dialog_error = ""

    def _show_assignments(self, found: CampaignDetail) -> None:
        self.assigned, self.targets = show_assignments(found.assignments)

    @rx.event
    @requires(MAY)
    async def assign(self, form: dict[str, str]) -> Any:
        """Whom the campaign is for, from now on."""
        return await self._act(
            _assign, "Assigned. New cases follow it.", campaign_id=self._campaign(), form=dict(form)
        )

    @rx.event
    @requires(MAY)
    async def archive(self, form: dict[str, str]) -> Any:
        """Out of use; running cases go on."""
        reason = str(form.get("reason", ""))
        return await self._act(archive_campaign, "Archived.", campaign_id=self._campaign(), reason=reason)

    @rx.event
    @requires(MAY)
    async def unarchive(self) -> Any:
        """Into use again."""
        return await self._act(unarchive_campaign, "In use again.", campaign_id=self._campaign())

    @rx.event
    @requires(Permission.dunning_act)
    async def ask_move(self) -> None:
        """Show each running case's next step before and after."""
        found = await rehearse(move_cases, campaign_id=self._campaign(), reason="preview")
        self.moved = [_moved(each) for each in found.rows[:SHOWN]]
        hidden = len(found.rows) - len(self.moved)
        more = f", the first {SHOWN} are shown" if hidden > 0 else ""
        self.moved_text = f"{len(found.rows):,} running cases change to the version in use{more}."
        self._token = found.token
        self.dialog, self.dialog_error = "move", ""

    @rx.event
    @requires(Permission.dunning_act)
    async def move(self, form: dict[str, str]) -> Any:
        """Move them as shown."""
        return await self._act(
            move_cases,
            "Moved.",
            campaign_id=self._campaign(),
            reason=str(form.get("reason", "")),
            token=self._token,
        )

    @rx.event
    @requires(Mark.page)
    async def compare(self, number: str) -> None:
        """An older version beside the one in use."""
        found = await read(get_campaign, self._campaign())
        old = next((each for each in found.versions if f"v{each.number}" == number), None)
        if old is None:
            raise NotFound("campaign_version", number)
        pairs = words.differences(old.plan, found.versions[0].plan)
        self.compared = [LineView(left, right, left != right) for left, right in pairs]
        self.compared_title = f"{number} beside v{found.current_version}"

    @rx.event
    @requires(Mark.page)
    async def show_mail(self, form: dict[str, str]) -> None:
        """A message with a real invoice."""
        try:
            self.mail = await rehearse(
                preview_mail, template=str(form.get("template", "")), number=str(form.get("number", ""))
            )
            self.dialog_error = ""
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"

    def _campaign(self) -> UUID:
        found: UUID | None = getattr(self, "_id", None)
        if found is None:
            raise NotFound("campaign")
        return found

    async def _act(self, operation: Any, done: str, **facts: Any) -> Any:
        try:
            await write(operation, **facts)
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            return rx.toast.error(error.sentence) if not self.dialog else None
        self.dialog = self.dialog_error = ""
        await self._fill()  # type: ignore[attr-defined]
        return rx.toast.success(done)


def _assign(session: Session, actor: Actor, *, campaign_id: UUID, form: dict[str, str]) -> None:
    wanted = read_assignments(session, actor, campaign_id, form)
    assign_campaign(
        session, actor, campaign_id=campaign_id, assignments=wanted, reason=str(form.get("reason", ""))
    )


def _moved(moved: Moved) -> MovedView:
    reader = current().actor
    return MovedView(
        f"{moved.number} \u00b7 {moved.customer}",
        words.next_words(moved.before_action, moved.before_at, reader),
        words.next_words(moved.after_action, moved.after_at, reader),
    )
