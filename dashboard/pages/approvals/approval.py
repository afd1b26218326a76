"""One request: exactly what will be done, why it needs a second person, and deciding on it."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from dashboard.pages.approvals import approval_data as data
from dashboard.pages.approvals import approval_view as view
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read, write
from dashboard.shell.state import ShellState
from dashboard.shell.timeline import timeline_items
from dashboard.states.detail_state import DetailState
from models.approvals import (
    approve_request,
    reject_request,
    remind_request,
    renew_request,
    withdraw_request,
)
from models.kernel.errors import DomainError, NotFound
from models.kernel.permissions import Permission

DIALOGS = ("approve", "reject", "withdraw")


class ApprovalState(DetailState, rx.State):
    """The request shown, followed while it is open, and what can be done with it."""

    permission: ClassVar = Permission.approvals_read
    path: ClassVar = "/approvals"
    tab_labels: ClassVar = (("request", "Request"), ("timeline", "Timeline"))

    sentence: str = ""
    lines: list[data.FactView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    changes: list[data.FactView] = []  # noqa: RUF012
    similar: list[data.SimilarView] = []  # noqa: RUF012
    policy: list[str] = []  # noqa: RUF012
    is_stale: bool = False
    is_own: bool = False
    is_open: bool = False
    impossible: str = ""
    error: str = ""
    requester: str = ""
    approve_refusal: str = ""
    reject_refusal: str = ""
    own_refusal: str = ""

    # What is shown, and what was shown when the dialog opened: approving anything else is refused.
    _token: str = ""
    _seen: str = ""

    async def _fill(self) -> None:
        reader = current().actor
        detail, events = await read(data.load, self._required_id())
        for name, value in data.show(detail, reader).items():
            if getattr(self, name) != value:
                setattr(self, name, value)
        self._token = detail.token
        self.timeline = timeline_items(events, reader, is_own=True)
        self._subject = data.subject(detail)

    def _asked(self, name: str) -> Any:
        return type(self).ask(name) if name in DIALOGS else None

    @rx.event
    @requires(Mark.page)
    async def ask(self, name: str) -> Any:
        """Open a dialog of the page; where it is not possible the reason is told instead."""
        refusals = {"approve": self.approve_refusal, "reject": self.reject_refusal}
        refusal = refusals.get(name, self.own_refusal)
        if name not in DIALOGS or refusal:
            return rx.toast.info("Not possible", description=refusal)
        self.dialog, self.dialog_error, self._seen = name, "", self._token
        return None

    @rx.event
    @requires(Mark.page)
    async def approve(self, _form: dict[str, str]) -> Any:
        """Approve what is shown: it is carried out at once, or stays open with the reason."""
        try:
            decision = await write(approve_request, request_id=self._required_id(), token=self._seen)
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            await self._refill()
            return None
        await self._refill()
        if not decision.is_done:
            self.dialog_error = f"Not carried out, and the request stays open. {decision.error}"
            return None
        self.dialog = self.dialog_error = ""
        return [rx.toast.success(f"{self.title}: approved and carried out."), ShellState.load]

    @rx.event
    @requires(Mark.page)
    async def reject(self, form: dict[str, str]) -> Any:
        """Say no, with the reason."""
        return await self._do(reject_request, "Rejected.", reason=str(form.get("reason", "")))

    @rx.event
    @requires(Mark.page)
    async def withdraw(self, form: dict[str, str]) -> Any:
        """Take back one's own request."""
        return await self._do(withdraw_request, "Withdrawn.", note=str(form.get("note", "")))

    @rx.event
    @requires(Mark.page)
    async def remind(self) -> Any:
        """Bring one's own request to the top again."""
        await write(remind_request, request_id=self._required_id())
        await self._refill()
        return rx.toast.success("Reminded. It is marked in the inbox of whoever may decide.")

    @rx.event
    @requires(Mark.page)
    async def renew(self) -> Any:
        """Ask again with the preview as it is now."""
        await write(renew_request, request_id=self._required_id())
        await self._refill()
        return rx.toast.success("Asked again with a new preview.")

    async def _do(self, operation: Any, done: str, **arguments: Any) -> Any:
        answer = await self._commit(operation, done, request_id=self._required_id(), **arguments)
        return [answer, ShellState.load] if answer else None

    def _required_id(self) -> UUID:
        if self._id is None:
            raise NotFound("approval_request")
        return self._id


@page("/approvals/[request_id]", "Approval", ApprovalState.load)
def approval_page() -> rx.Component:
    """Head, preview, policy, history; facts at the side."""
    return view.body(ApprovalState)
