"""The lines of a subscription: full periods, unused and remaining time, time that has passed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from models.billing.rules.derivation import build_derivation, share
from models.billing.rules.discounts import ComponentDiscount, CouponTerms, is_used_up
from models.billing.rules.invoice_plan import LineDraft
from models.billing.rules.offers import Component, Worth, compute_worths
from models.billing.rules.periods import Period, local_date, local_midnight
from models.billing.rules.pricing import Charge, PriceTerms
from models.billing.rules.snapshot import RunningDiscount, Snapshot
from models.billing.tables import BillingTiming, LineKind, PriceModel
from models.kernel.money import round_quotient_half_up

WORDS = {
    LineKind.recurring: "{plan}",
    LineKind.unused: "Unused time on {plan}",
    LineKind.remaining: "Remaining time on {plan}",
    LineKind.elapsed: "Time used on {plan}",
}


def coupons_now(s: Snapshot) -> list[CouponTerms]:
    """The coupons that hold in the present period: in advance those it was billed with, in arrears those left."""
    if s.timing is BillingTiming.advance:
        return [each.coupon for each in s.discounts if each.last_period_start_on == s.period.start_on]
    return coupons_left(s.discounts)


def coupons_left(discounts: Sequence[RunningDiscount]) -> list[CouponTerms]:
    """The coupons that hold in a period billed next."""
    return [each.coupon for each in discounts if not _is_used_up(each)]


def use_discounts(discounts: Sequence[RunningDiscount], period_start_on: date) -> tuple[RunningDiscount, ...]:
    """The discounts after a period was billed with them; those used up before are gone."""
    return tuple(
        RunningDiscount(each.id, each.coupon, each.periods_used + 1, period_start_on)
        for each in discounts
        if not _is_used_up(each)
    )


def _is_used_up(each: RunningDiscount) -> bool:
    return is_used_up(each.coupon.duration, each.coupon.duration_periods, each.periods_used)


def full_lines(
    s: Snapshot, components: Sequence[Component], from_at: datetime | None = None
) -> tuple[list[LineDraft], tuple[Component, ...]]:
    """Lines that bill the period of `s` in advance from `from_at` on, and the components as billed."""
    start = s.period.start_at if from_at is None else from_at
    lines, billed = [], []
    for component, worth in zip(
        components, compute_worths(components, coupons_left(s.discounts)), strict=True
    ):
        kind = LineKind.recurring if from_at is None else LineKind.remaining
        lines.append(_line(s, kind, component, worth, (start, s.period.until_at), tax_on=s.period.start_on))
        billed.append(_as_billed(component, worth, from_at))
    return lines, tuple(billed)


def elapsed_lines(s: Snapshot, until_at: datetime, only: frozenset[UUID] | None = None) -> list[LineDraft]:
    """Lines that bill in arrears what ran in the period of `s` until an instant."""
    kind = LineKind.recurring if until_at >= s.period.until_at else LineKind.elapsed
    lines = []
    for component, worth in zip(s.components, compute_worths(s.components, coupons_now(s)), strict=True):
        if only is not None and component.id not in only:
            continue
        start = component.segment_start_at or s.period.start_at
        if start < until_at:
            lines.append(_line(s, kind, component, worth, (start, until_at), tax_on=_last_day(s, until_at)))
    return lines


def unused_line(s: Snapshot, component: Component, from_at: datetime) -> LineDraft | None:
    """The line that gives back what was billed for a component from an instant on; None where nothing was."""
    if component.billed_net_minor is None or component.billed_gross_minor is None:
        return None
    start = max(from_at, component.segment_start_at or s.period.start_at)
    part, whole = s.period.part(start, s.period.until_at, s.proration)
    off = component.billed_gross_minor - component.billed_net_minor
    parts = ({"name": "As billed", "discount_minor": off},) if off else ()
    as_billed = Worth(Charge(component.billed_gross_minor, ()), ComponentDiscount(off, parts))
    return _build(
        s,
        LineKind.unused,
        component,
        as_billed,
        (start, s.period.until_at),
        (part, whole),
        tax_on=local_date(component.segment_start_at or s.period.start_at, s.period.zone),
        sign=-1,
    )


def remaining_line(s: Snapshot, component: Component, worth: Worth, from_at: datetime) -> LineDraft:
    """The line that bills a component from an instant to the end of the period."""
    return _line(
        s,
        LineKind.remaining,
        component,
        worth,
        (from_at, s.period.until_at),
        tax_on=local_date(from_at, s.period.zone),
    )


def _as_billed(component: Component, worth: Worth, from_at: datetime | None) -> Component:
    return Component(
        component.id,
        component.offer,
        component.quantity,
        from_at,
        worth.charge.amount_minor,
        worth.net_minor,
    )


def _line(
    s: Snapshot,
    kind: LineKind,
    component: Component,
    worth: Worth,
    segment: tuple[datetime, datetime],
    *,
    tax_on: date,
) -> LineDraft:
    is_whole = segment == (s.period.start_at, s.period.until_at)
    part = (1, 1) if is_whole else s.period.part(*segment, s.proration)
    return _build(
        s,
        kind,
        component,
        worth,
        segment,
        part,
        tax_on=tax_on,
        sign=1,
    )


def _build(
    s: Snapshot,
    kind: LineKind,
    component: Component,
    worth: Worth,
    segment: tuple[datetime, datetime],
    part: tuple[int, int],
    *,
    tax_on: date,
    sign: int,
) -> LineDraft:
    offer, period = component.offer, s.period
    derivation = build_derivation(
        kind.value,
        offer,
        component.quantity,
        worth,
        period=(period.start_at, period.until_at),
        segment=segment,
        part=part,
        zone=period.zone,
        unit=s.proration.value,
        sign=sign,
    )
    start_on, until_on = _days(period, segment)
    return LineDraft(
        kind=kind,
        component_id=component.id,
        description=WORDS[kind].format(plan=offer.plan_name),
        quantity=component.quantity,
        unit_amount_minor=_unit_amount(offer.terms, component.quantity, worth.charge.amount_minor),
        discount_minor=sign * share(worth.charge.amount_minor, *part) - derivation["amount_minor"],
        amount_minor=derivation["amount_minor"],
        period_start_on=start_on,
        period_until_on=until_on,
        tax_code=offer.tax_code,
        is_inclusive=offer.is_inclusive,
        tax_on=tax_on,
        derivation=derivation,
    )


def _unit_amount(terms: PriceTerms, quantity: int, gross_minor: int) -> int:
    """The price of one unit, or what a unit comes to on average where the price has tiers or packages."""
    if terms.model in {PriceModel.flat, PriceModel.per_unit}:
        return terms.unit_amount_minor
    return round_quotient_half_up(gross_minor, quantity)


def _days(period: Period, segment: tuple[datetime, datetime]) -> tuple[date, date]:
    if segment == (period.start_at, period.until_at):
        return period.start_on, period.until_on
    start_on, last_on = (local_date(each, period.zone) for each in segment)
    is_whole_day = local_midnight(last_on, period.zone) == segment[1]
    return start_on, last_on if is_whole_day and last_on > start_on else last_on + timedelta(days=1)


def _last_day(s: Snapshot, until_at: datetime) -> date:
    return local_date(until_at - timedelta(microseconds=1), s.period.zone)
