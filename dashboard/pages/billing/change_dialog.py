"""The dialog in which a subscription is changed: each choice computes the preview anew, and it is done as shown."""

from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.components.preview import PreviewView
from dashboard.components.preview_form import FieldView
from dashboard.components.views import Change
from dashboard.pages.billing import change_form as forms
from dashboard.pages.billing.change_preview import VERBS, show_change, show_schedule, was_now
from dashboard.pages.billing.change_reading import read_proposal
from dashboard.shell.guard import current, requires
from dashboard.shell.run import read, write
from models.billing import (
    change_subscription,
    get_subscription_detail,
    list_actions,
    list_price_choices,
    preview_change,
    preview_schedule,
    schedule_change,
)
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, DomainError, Invalid, NotFound
from models.kernel.permissions import Permission

STALE = "preview.stale"
_ASKED = ("Customer asked for it", "Agreed in the contract", "Correction of a mistake", "Goodwill", "Other")
REASONS = {
    "cancel": (
        "Customer asked for it",
        "Too expensive",
        "Something is missing",
        "Moves to another product",
        "Does not pay",
        "Business closed",
        "Other",
    ),
    "pause": ("Customer asked for it", "Season is over", "Dispute to be settled", "Other"),
}
DANGEROUS = ("cancel", "pause")


class ChangeDialog(rx.State, mixin=True):
    """The form, its preview, and the commit; mixed into the page of a subscription."""

    change_title: str = ""
    change_fields: list[FieldView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    reasons: list[str] = []  # noqa: RUF012
    preview: PreviewView = PreviewView()
    preview_error: str = ""
    was: list[Change] = []  # noqa: RUF012
    is_busy: bool = False
    is_dangerous: bool = False

    _subject_of_change: forms.Subject | None = None
    _values: dict[str, str] = {}  # noqa: RUF012
    # Whether a preview of what stands in the form is shown, which is what a commit does; and its token.
    _is_shown: bool = False
    _token: str = ""

    @rx.event
    @requires(Permission.subscriptions_write)
    async def open_change(self, action: str, when: str = "") -> Any:
        """Open the form of an action; one that is not possible tells why instead."""
        if action not in forms.FIELDS or when not in ("", forms.DATE):
            raise Invalid("action.unknown", "This page has no such action. Reload it.")
        subject = await read(_load, self._change_id(), action)
        self._subject_of_change, self._values = subject, forms.first_values(subject, when)
        self.change_title = f"{VERBS[action]} for {subject.s.customer}"
        self.reasons = list(REASONS.get(action, _ASKED))
        self.is_dangerous, self.was = action in DANGEROUS, []
        self.dialog, self.dialog_error = "change", ""
        await self._compute()

    @rx.event
    @requires(Permission.subscriptions_write)
    async def choose(self, name: str, value: str) -> None:
        """Keep a field and compute the preview anew."""
        forms.ensure_known(self.change_fields, name, value)
        self._values = {**self._values, name: value}
        self.was, self.dialog_error = [], ""
        await self._compute()

    @rx.event
    @requires(Permission.subscriptions_write)
    async def commit_change(self, form: dict[str, str]) -> Any:
        """Do what is shown; a second click finds the dialog closed and does nothing."""
        if not self._is_shown or self.dialog != "change":
            return
        self.is_busy, self._is_shown = True, False
        yield
        reason = ": ".join(part for key in ("reason", "note") if (part := str(form.get(key, "")).strip()))
        try:
            await self._carry_out(reason)
        except DomainError as error:
            await self._refused(error)
            return
        finally:
            self.is_busy = False
        self.dialog = ""
        await self._refill()
        yield rx.toast.success(self.preview.done)

    async def _carry_out(self, reason: str) -> None:
        asked = read_proposal(self._form_subject(), self._values)
        what = {"subscription_id": self._change_id(), "change": asked.change, "reason": reason}
        if asked.is_planned:
            await write(schedule_change, **what, due_on=asked.due_on)
        else:
            await write(change_subscription, **what, token=self._token)

    async def _refused(self, error: DomainError) -> None:
        """A stale preview is shown anew beside what it was; any other refusal keeps the form."""
        if isinstance(error, Conflict) and error.code == STALE:
            before, self.dialog_error = self.preview, ""
            await self._compute()
            self.was = was_now(before, self.preview) or [Change("Checked again", "the same", "the same")]
        else:
            self._is_shown, self.dialog_error = True, f"{error.sentence} ({error.code})"

    async def _compute(self) -> None:
        """The preview of what stands in the form, or why there is none."""
        subject, reader = self._form_subject(), current().actor
        self.change_fields = forms.fields_of(subject, self._values, reader)
        self._is_shown, self._token, self.preview_error = False, "", ""
        try:
            asked = read_proposal(subject, self._values)
            what = {"subscription_id": self._change_id(), "change": asked.change}
            if asked.is_planned:
                planned = await read(preview_schedule, **what, due_on=asked.due_on)
                self.preview = show_schedule(planned, reader)
            else:
                found = await read(preview_change, **what)
                self.preview, self._token = show_change(found, subject.action, reader), found.token
            self._is_shown = True
        except DomainError as error:
            self.preview, self.preview_error = PreviewView(), f"{error.sentence} ({error.code})"

    def _form_subject(self) -> forms.Subject:
        if self._subject_of_change is None:
            raise NotFound("change")
        return self._subject_of_change

    def _change_id(self) -> UUID:
        if self._id is None:
            raise NotFound("subscription")
        return self._id


def _load(session: Session, actor: Actor, subscription_id: UUID, action: str) -> forms.Subject:
    s = get_subscription_detail(session, actor, subscription_id).snapshot
    found = next((each for each in list_actions(s) if each.key == action), None)
    if found is None:
        raise Conflict(
            "action.not_now",
            "This is not possible as the subscription stands. Reload the page to see what is.",
        )
    if found.refusal is not None:
        raise Conflict(found.refusal.code, found.refusal.sentence)
    if "price" not in forms.FIELDS[action]:
        return forms.Subject(action, s)
    is_add_on = action == "add_add_on"
    choices = list_price_choices(
        session,
        actor,
        currency=s.currency,
        is_add_on=is_add_on,
        interval=(s.base.offer.interval, s.base.offer.interval_count) if is_add_on else None,
        versions_of=s.base.offer.plan_id if action == "change_version" else None,
    )
    return forms.Subject(action, s, tuple(choices))
