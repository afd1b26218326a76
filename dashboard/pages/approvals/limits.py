"""What one person may do alone: the rules that hold, what they would have demanded, and their versions."""

from typing import Any, ClassVar

import reflex as rx

from dashboard.pages.approvals import limits_data as data
from dashboard.pages.approvals import limits_view as view
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read
from dashboard.states.dialog_state import DialogState
from dashboard.states.form_fields import texts
from models.kernel.errors import DomainError, Invalid
from models.kernel.permissions import Permission
from models.limits import ANY_CURRENCY, LimitedAction, change_limit


class LimitsState(DialogState, rx.State):
    """The rules, and the dialog that changes one."""

    permission: ClassVar = Permission.approvals_read

    rules: list[data.RuleView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    versions: list[data.VersionView] = []  # noqa: RUF012
    can_write: bool = False
    is_loaded: bool = False
    action: str = LimitedAction.void.value
    currency: str = ""
    amount: str = ""
    hours: str = ""
    is_new: bool = False
    outlook: str = ""
    rule_title: str = ""

    _version: int = 0

    @rx.event
    @requires(Mark.page, opens_page=True)
    async def load(self) -> None:
        """Show what holds."""
        reader = current().actor
        self.can_write = reader.may(Permission.approval_limits_write)
        self.rules, self.versions = await read(data.load)
        self.is_loaded = True

    @rx.event
    @requires(Permission.approval_limits_write)
    async def ask_change(self, rule_id: str) -> None:
        """Open the form of a rule; an empty id is one for a further currency."""
        rule = next((each for each in self.rules if each.id == rule_id), None)
        if rule is None and rule_id:
            raise Invalid("limit_dialog.unknown_rule", "This rule is not shown any more. Reload the page.")
        self.is_new = rule is None
        self.action = rule.action if rule else LimitedAction.void.value
        self.currency, self.amount = (rule.currency, rule.plain) if rule else ("EUR", "")
        self.hours, self._version = (rule.hours, rule.version) if rule else ("", 0)
        self.rule_title = f"{rule.label}, {rule.currency_text}" if rule else ""
        self.dialog, self.dialog_error, self.outlook = "limit", "", ""
        await self._look()

    @rx.event
    @requires(Permission.approval_limits_write)
    async def type_limit(self, name: str, value: str) -> None:
        """Take what was typed, and count the last 90 days against it."""
        if name not in {"action", "currency", "amount", "hours"}:
            raise Invalid("limit_dialog.unknown_field", "This form has no such field. Reload the page.")
        setattr(self, name, value)
        await self._look()

    @rx.event
    @requires(Permission.approval_limits_write)
    async def change(self, form: dict[str, str]) -> Any:
        """Set the limit as typed."""
        done = await self._submit(
            change_limit,
            action=self.action,
            currency=self.currency,
            amount=self.amount,
            expires_hours=self.hours,
            # Of a rule that is made anew nobody has seen a version.
            version=None if self.is_new else self._version,
            **texts(form, "reason"),
        )
        if done is None:
            return None
        return [type(self).load, rx.toast.success("Limit changed. It holds from now on.")]

    async def _look(self) -> None:
        code = self.currency.strip().upper() or ANY_CURRENCY
        others = [each.currency for each in self.rules if each.action == self.action]
        try:
            self.outlook = await read(
                data.outlook, action=self.action, currency=code, amount=self.amount, others=others
            )
        except DomainError as error:
            self.outlook = error.sentence


@page("/settings/approvals", "Approval limits", LimitsState.load)
def limits_page() -> rx.Component:
    """Rules, versions, and the form."""
    return view.body(LimitsState)
