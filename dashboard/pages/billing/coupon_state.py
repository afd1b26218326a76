"""Giving a coupon to a subscription and ending one: what it would do is shown first."""

from typing import Any
from uuid import UUID

import reflex as rx

from dashboard.components.preview import BillView
from dashboard.pages.billing.subscription_ahead import next_bill
from dashboard.shell.guard import current, requires
from dashboard.shell.run import read
from dashboard.states.form_fields import as_id
from models.billing import CouponTerms, discount_words, end_discount, preview_redeem, redeem_coupon
from models.kernel.errors import DomainError, NotFound
from models.kernel.permissions import Permission

MAX_CODE = 100


class CouponDialog(rx.State, mixin=True):
    """The code, what it gives, and the end of a coupon that runs; mixed into the page of a subscription."""

    coupon_text: str = ""
    coupon_bill: BillView = BillView("")

    _discount_id: UUID | None = None

    @rx.event
    @requires(Permission.subscriptions_write)
    async def ask_coupon(self) -> None:
        """Open the dialog with its code field."""
        self.coupon_text, self.coupon_bill = "", BillView("")
        self.dialog, self.dialog_error = "coupon", ""

    @rx.event
    @requires(Permission.subscriptions_write)
    async def try_coupon(self, code: str) -> None:
        """Say what the code typed so far gives, and the next invoice with it; or why it gives nothing."""
        if self.dialog != "coupon":
            return
        self.coupon_text, self.coupon_bill, self.dialog_error = "", BillView(""), ""
        typed = code.strip()[:MAX_CODE]
        if not typed:
            return
        try:
            found = await read(preview_redeem, subscription_id=self._coupon_for(), code=typed)
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            return
        self.coupon_text = coupon_words(found.coupon)
        shown = next_bill(found.ahead, current().actor)
        if shown.title:
            self.coupon_bill = BillView(
                f"Next invoice, {shown.title}", shown.amount, shown.note, shown.lines, shown.totals
            )

    @rx.event
    @requires(Permission.subscriptions_write)
    async def give_coupon(self, form: dict[str, str]) -> Any:
        """Give the coupon; a second click finds the dialog closed and does nothing."""
        if self.dialog != "coupon":
            return None
        return await self._commit(
            redeem_coupon,
            "The coupon was given. It counts from the next invoice on.",
            subscription_id=self._coupon_for(),
            code=str(form.get("code", "")),
        )

    @rx.event
    @requires(Permission.subscriptions_write)
    async def ask_end_coupon(self, identifier: str) -> None:
        """Say what ending a coupon means."""
        found = next((each for each in self.coupons if each.id == identifier), None)
        if found is None:
            raise NotFound("discount", identifier)
        self._discount_id = as_id(identifier)
        self.effect = (
            f"“{found.name}” ends ({found.left}). The next invoice is without it; issued ones keep it."
        )
        self.dialog, self.dialog_error = "end_coupon", ""

    @rx.event
    @requires(Permission.subscriptions_write)
    async def end_coupon(self, form: dict[str, str]) -> Any:
        """Take the coupon away."""
        if self._discount_id is None or self.dialog != "end_coupon":
            return None
        return await self._commit(
            end_discount,
            "The coupon has ended.",
            discount_id=self._discount_id,
            reason=str(form.get("reason", "")),
        )

    def _coupon_for(self) -> UUID:
        if self._id is None:
            raise NotFound("subscription")
        return self._id


def coupon_words(coupon: CouponTerms) -> str:
    """What a coupon gives and for how long, e.g. `“Welcome” takes 10 % off the next period billed, once.`."""
    worth = discount_words(coupon.percent_off_ppm, coupon.amount_off_minor, coupon.currency)
    periods = coupon.duration_periods or 1
    if coupon.duration == "forever":
        span = "every period billed from now on, until it is ended"
    elif coupon.duration == "once" or periods == 1:
        span = "the next period billed, once"
    else:
        span = f"each of the next {periods} periods billed"
    return f"“{coupon.name}” takes {worth} off {span}."
