"""What changes of subscriptions, their previews and forecasts look like over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from dashboard.api.v1.shapes import Money, Period, Shape, Text
from models.billing import (
    AddAddOn,
    Cancel,
    Change,
    ChangePlan,
    ChangePreview,
    ChangeQuantity,
    EndTrial,
    ExtendTrial,
    Forecast,
    InvoicePlan,
    LineDraft,
    Pause,
    RemoveAddOn,
    Resume,
    Settlement,
    Step,
    local_date,
)

ID = "0192f0c1-2b6e-7c1d-9a55-6f1f0a9b1c2d"
Amount = Annotated[int, Field(ge=0, le=10**15, strict=True)]
Quantity = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]


class PlanChange(Shape):
    """To another price; `unit_amount_minor` where the price is agreed with each customer."""

    kind: Literal["change_plan"]
    price_id: UUID
    quantity: Quantity | None = None
    unit_amount_minor: Amount | None = None
    settlement: Settlement = Settlement.invoice_now


class QuantityChange(Shape):
    """Another quantity of the plan (its component is the subscription) or of an add-on."""

    kind: Literal["change_quantity"]
    component_id: UUID
    quantity: Quantity
    settlement: Settlement = Settlement.invoice_now


class AddOnAdded(Shape):
    """An add-on beside the plan."""

    kind: Literal["add_add_on"]
    price_id: UUID
    quantity: Quantity = 1
    unit_amount_minor: Amount | None = None
    settlement: Settlement = Settlement.invoice_now


class AddOnRemoved(Shape):
    """An add-on less."""

    kind: Literal["remove_add_on"]
    component_id: UUID
    settlement: Settlement = Settlement.invoice_now


class Cancellation(Shape):
    """The end, now; unused time goes to the balance where `gives_credit`."""

    kind: Literal["cancel"]
    gives_credit: bool = False


class PauseAsked(Shape):
    """No service and no bills until resumed."""

    kind: Literal["pause"]
    gives_credit: bool = True
    resumes_on: date | None = None


class ResumeAsked(Shape):
    """Service again after a pause, a suspension or the end."""

    kind: Literal["resume"]


class TrialExtension(Shape):
    """The trial ends later."""

    kind: Literal["extend_trial"]
    until_on: date


class TrialEnd(Shape):
    """The trial ends today."""

    kind: Literal["end_trial"]


AnyChange = Annotated[
    PlanChange
    | QuantityChange
    | AddOnAdded
    | AddOnRemoved
    | Cancellation
    | PauseAsked
    | ResumeAsked
    | TrialExtension
    | TrialEnd,
    Field(discriminator="kind"),
]
EXAMPLE = {"kind": "change_quantity", "component_id": ID, "quantity": 25, "settlement": "invoice_now"}
MADE: dict[str, type[Any]] = {
    each.kind: each
    for each in (
        ChangePlan,
        ChangeQuantity,
        AddAddOn,
        RemoveAddOn,
        Cancel,
        Pause,
        Resume,
        ExtendTrial,
        EndTrial,
    )
}


class PreviewRequest(Shape):
    """A change that is only looked at."""

    change: AnyChange = Field(examples=[EXAMPLE])


class ChangeRequest(PreviewRequest):
    """A change with the token of its preview, and why."""

    token: Text = Field(
        description="Of the preview; holds ten minutes and for exactly this.", examples=["eyJ…"]
    )
    reason: Annotated[Text, Field(min_length=1, max_length=500)] = Field(examples=["Team grew to 25."])


class PlannedLine(Shape):
    """A line that may come; `derivation` holds the facts from which its amount is computed."""

    kind: str = Field(examples=["remaining"])
    description: str = Field(examples=["Remaining time on Growth"])
    quantity: int = Field(examples=[25])
    amount: Money
    tax: Money
    period: Period
    derivation: dict[str, Any] = Field(examples=[{"part": 1, "whole": 2}])


class PlannedInvoice(Shape):
    """An invoice that may come."""

    issued_on: date = Field(examples=["2026-12-01"])
    subtotal: Money
    tax: Money
    total: Money
    lines: list[PlannedLine]


class Preview(Shape):
    """What the change would do at `at`; `token` commits exactly this."""

    at: datetime = Field(examples=["2026-11-16T00:00:00Z"])
    due: Money
    from_balance: Money
    to_balance: Money
    invoice: PlannedInvoice | None
    waiting: list[PlannedLine] = Field(description="Lines for the next invoice, before tax.")
    next_invoice: PlannedInvoice | None
    mrr_before: Money
    mrr_after: Money
    token: str = Field(examples=["eyJ…"])


class ForecastStep(Shape):
    """One step ahead: a period that ends or begins, or a planned change."""

    on: date = Field(examples=["2026-12-01"])
    event: str = Field(examples=["renew"])
    invoice: PlannedInvoice | None
    from_balance: Money


class SubscriptionForecast(Shape):
    """The steps ahead; `refusal` says why it stops early, empty where it does not."""

    steps: list[ForecastStep]
    total: Money
    refusal: str = Field(examples=[""])


def made(asked: AnyChange) -> Change:
    """The change that is asked for."""
    facts = {name: value for name, value in asked if name != "kind"}
    change: Change = MADE[asked.kind](**facts)
    return change


def show_preview(found: ChangePreview) -> Preview:
    """A preview as the API tells it."""
    currency = found.outcome.before.currency
    return Preview(
        at=found.at,
        due=Money.of(found.due_minor, currency),
        from_balance=Money.of(found.balance_used_minor, currency),
        to_balance=Money.of(found.given_back_minor, currency),
        invoice=_invoice(found.outcome.invoice),
        waiting=[_line(each, each.amount_minor, 0, each.derivation, currency) for each in found.waiting],
        next_invoice=_invoice(found.following),
        mrr_before=Money.of(found.mrr_before_minor, currency),
        mrr_after=Money.of(found.mrr_after_minor, currency),
        token=found.token,
    )


def show_forecast(found: Forecast) -> SubscriptionForecast:
    """A forecast as the API tells it."""
    return SubscriptionForecast(
        steps=[_step(each, found.currency) for each in found.steps],
        total=Money.of(found.total_minor, found.currency),
        refusal=found.refusal,
    )


def _step(step: Step, currency: str) -> ForecastStep:
    return ForecastStep(
        on=local_date(step.at, step.outcome.before.period.zone),
        event=step.event,
        invoice=_invoice(step.outcome.invoice),
        from_balance=Money.of(step.balance_used_minor, currency),
    )


def _invoice(plan: InvoicePlan | None) -> PlannedInvoice | None:
    if plan is None:
        return None
    currency = plan.currency
    return PlannedInvoice(
        issued_on=plan.issued_on,
        subtotal=Money.of(plan.subtotal_minor, currency),
        tax=Money.of(plan.tax_minor, currency),
        total=Money.of(plan.total_minor, currency),
        lines=[
            _line(each.draft, each.amount_minor, each.tax_minor, each.derivation, currency)
            for each in plan.lines
        ],
    )


def _line(draft: LineDraft, amount: int, tax: int, derivation: Any, currency: str) -> PlannedLine:
    return PlannedLine(
        kind=draft.kind,
        description=draft.description,
        quantity=draft.quantity,
        amount=Money.of(amount, currency),
        tax=Money.of(tax, currency),
        period=Period(start_on=draft.period_start_on, until_on=draft.period_until_on),
        derivation=dict(derivation),
    )
