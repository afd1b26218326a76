"""Any sequence of changes: no time is billed twice or skipped, and every line can be computed again."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from uuid import UUID, uuid5

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from models.billing.rules.change_plan import plan_change
from models.billing.rules.changes import (
    AddAddOn,
    Cancel,
    Change,
    ChangePlan,
    ChangeQuantity,
    Pause,
    PlannedChange,
    RemoveAddOn,
    Resume,
    Settlement,
)
from models.billing.rules.derivation import replay
from models.billing.rules.discounts import CouponTerms
from models.billing.rules.invoice_plan import InvoicePlan, TaxContext
from models.billing.rules.offers import Component, Offer
from models.billing.rules.outcome import Outcome, next_look_at
from models.billing.rules.periods import Period, local_midnight
from models.billing.rules.pricing import PriceTerms, Tier
from models.billing.rules.renewal import plan_renewal
from models.billing.rules.snapshot import PendingItem, RunningDiscount, Snapshot
from models.billing.rules.tax import TaxParty
from models.billing.tables import (
    BillingTiming,
    CouponDuration,
    Interval,
    LineKind,
    PriceModel,
    SubscriptionStatus,
)
from models.kernel.errors import Conflict, Invalid

SPACE = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")


def _offer(
    name: str, terms: PriceTerms, *, is_add_on: bool = False, interval: Interval = Interval.month
) -> Offer:
    identifier = uuid5(SPACE, name)
    return Offer(
        identifier, identifier, name, 1, is_add_on, "USD", interval, 1, terms, "standard", is_inclusive=False
    )


TIERS = (Tier(3, Fraction(1_000)), Tier(10, Fraction(1_999, 2)), Tier(None, Fraction(700), 77))
PLANS = [
    _offer("Small", PriceTerms(PriceModel.per_unit, 1_001)),
    _offer("Large", PriceTerms(PriceModel.per_unit, 2_999)),
    _offer("Flat", PriceTerms(PriceModel.flat, 4_999)),
    _offer("Graduated", PriceTerms(PriceModel.graduated, tiers=TIERS)),
    _offer("Volume", PriceTerms(PriceModel.volume, tiers=TIERS)),
    _offer("Packs", PriceTerms(PriceModel.package, 1_313, 5)),
]
YEARLY = _offer("Yearly", PriceTerms(PriceModel.per_unit, 9_999), interval=Interval.year)
ADD_ONS = [
    _offer(name, PriceTerms(PriceModel.per_unit, 333), is_add_on=True) for name in ("Support", "Storage")
]
OFFERS = {(each.price_id, None): each for each in (*PLANS, YEARLY, *ADD_ONS)}
TAX = TaxContext(TaxParty("US"), "", ())
COUPONS = [
    None,
    CouponTerms(uuid5(SPACE, "third"), "A third", 333_333, None, None, CouponDuration.periods, 2),
    CouponTerms(uuid5(SPACE, "five"), "Five off", None, 500, "USD", CouponDuration.forever, None),
]

settlements = st.sampled_from([Settlement.invoice_now, Settlement.next_invoice])
quantities = st.integers(1, 40)


class Life(RuleBasedStateMachine):
    """One subscription under any changes at any time, and what was billed for it."""

    @initialize(
        timing=st.sampled_from(BillingTiming),
        start_on=st.sampled_from(
            [date(2024, 1, 31), date(2024, 2, 29), date(2026, 3, 15), date(2026, 10, 31)]
        ),
        zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo"]),
        plan=st.sampled_from(PLANS),
        coupon=st.sampled_from(COUPONS),
        trial_days=st.sampled_from([0, 0, 10]),
        quantity=quantities,
    )
    def begin(
        self,
        timing: BillingTiming,
        start_on: date,
        zone: str,
        plan: Offer,
        coupon: CouponTerms | None,
        trial_days: int,
        quantity: int,
    ) -> None:
        discounts = (RunningDiscount(uuid5(SPACE, "d"), coupon, 0, None),) if coupon else ()
        identifier = uuid5(SPACE, "subscription")
        self.s = Snapshot(
            subscription_id=identifier,
            tenant_id=identifier,
            customer="Acme",
            status=SubscriptionStatus.scheduled,
            currency="USD",
            timing=timing,
            anchor_day=start_on.day,
            period=Period(start_on, start_on + timedelta(days=28), zone),
            trial_until_on=start_on + timedelta(days=trial_days) if trial_days else None,
            net_terms_days=14,
            legal_entity="main",
            components=(Component(identifier, plan, quantity),),
            discounts=discounts,
            tax=TAX,
        )
        self.now = local_midnight(start_on, zone)
        self.marks: dict[UUID, dict[datetime, int]] = defaultdict(lambda: defaultdict(int))
        self.live: dict[UUID, list[list[datetime | None]]] = defaultdict(list)
        self.count = 0
        self._catch_up()

    @rule(hours=st.integers(1, 24 * 40), seconds=st.integers(0, 3_599))
    def wait(self, hours: int, seconds: int) -> None:
        self.now += timedelta(hours=hours, seconds=seconds)
        self._catch_up()

    @rule(plan=st.sampled_from([*PLANS, YEARLY]), quantity=quantities, settlement=settlements)
    def change_plan(self, plan: Offer, quantity: int, settlement: Settlement) -> None:
        self._change(ChangePlan(plan.price_id, quantity, settlement=settlement))

    @rule(quantity=quantities, settlement=settlements, which=st.integers(0, 2))
    def change_quantity(self, quantity: int, settlement: Settlement, which: int) -> None:
        component = self.s.components[min(which, len(self.s.components) - 1)]
        self._change(ChangeQuantity(component.id, quantity, settlement))

    @rule(add_on=st.sampled_from(ADD_ONS), quantity=quantities, settlement=settlements)
    def add(self, add_on: Offer, quantity: int, settlement: Settlement) -> None:
        self._change(AddAddOn(add_on.price_id, quantity, settlement=settlement))

    @precondition(lambda self: len(self.s.components) > 1)
    @rule(settlement=settlements)
    def remove(self, settlement: Settlement) -> None:
        self._change(RemoveAddOn(self.s.components[-1].id, settlement))

    @rule(gives_credit=st.booleans(), is_pause=st.booleans())
    def stop(self, gives_credit: bool, is_pause: bool) -> None:  # noqa: FBT001 -- hypothesis names them
        self._change(Pause(gives_credit) if is_pause else Cancel(gives_credit))

    @rule()
    def resume(self) -> None:
        self._change(Resume())

    @rule(days=st.integers(1, 60), quantity=quantities)
    def plan_ahead(self, days: int, quantity: int) -> None:
        due_on = (self.now + timedelta(days=days)).date()
        planned = PlannedChange(
            uuid5(SPACE, f"planned{self.count}"),
            due_on,
            local_midnight(due_on, self.s.period.zone),
            ChangeQuantity(self.s.base.id, quantity),
        )
        if self.s.status is SubscriptionStatus.active and not self.s.planned and planned.due_at > self.now:
            self.s = replace(self.s, planned=(planned,))

    @invariant()
    def no_time_is_billed_twice_or_given_back_twice(self) -> None:
        if not hasattr(self, "s"):
            return
        for component, marks in self.marks.items():
            level = 0
            for instant in sorted(marks):
                level += marks[instant]
                assert 0 <= level <= 1, (component, instant, level)

    def teardown(self) -> None:
        """In the end, all time it ran is billed: in arrears up to the last boundary, in advance up to the next."""
        if not hasattr(self, "s") or self.s.status is not SubscriptionStatus.active:
            return
        for component in self.s.components:
            until = self.s.period.until_at
            if self.s.timing is BillingTiming.arrears:
                until = component.segment_start_at or self.s.period.start_at
            for start, end in self.live[component.id]:
                assert start is not None
                self._assert_billed(component.id, start, end or until)

    def _assert_billed(self, component: UUID, start: datetime, end: datetime) -> None:
        level, at = 0, None
        marks = self.marks[component]
        for instant in sorted({*marks, start, end}):
            if at is not None and start <= at < end:
                assert level == 1, (component, at, instant)
            level += marks.get(instant, 0)
            at = instant

    def _change(self, change: Change) -> None:
        before = self.s
        try:
            outcome = plan_change(self.s, change, self.now, OFFERS)
        except (Conflict, Invalid):
            assert self.s is before
            return
        self._take(replace(outcome, before=before), self.now)

    def _catch_up(self) -> None:
        while (due := next_look_at(self.s)) is not None and due <= self.now:
            first = next((each for each in self.s.planned if each.due_at <= due), None)
            boundary = (
                self.s.period.start_at
                if self.s.status is SubscriptionStatus.scheduled
                else self.s.period.until_at
            )
            if first is not None and first.due_at < boundary:
                left = replace(self.s, planned=())
                try:
                    outcome = plan_change(left, first.change, first.due_at, OFFERS)
                except (Conflict, Invalid):
                    self.s = left
                    continue
                self._take(outcome, first.due_at)
            else:
                self._take(plan_renewal(self.s, OFFERS), boundary)

    def _take(self, outcome: Outcome, instant: datetime) -> None:
        self._record(outcome.invoice)
        for line in outcome.waiting:
            assert replay(line.derivation) == line.amount_minor
        pending = tuple(
            PendingItem(uuid5(SPACE, f"p{self.count}{n}"), line) for n, line in enumerate(outcome.waiting)
        )
        self.count += 1
        after = replace(outcome.after, pending=(*outcome.after.pending, *pending))
        after = replace(after, stopped_on=outcome.stopped_on or after.stopped_on)
        self._mark(outcome.waiting)
        self._follow(after, instant)
        self.s = after

    def _record(self, plan: InvoicePlan | None) -> None:
        if plan is None:
            return
        assert plan.subtotal_minor == sum(line.amount_minor for line in plan.lines)
        assert plan.total_minor == plan.subtotal_minor + sum(line.tax_minor for line in plan.lines)
        for line in plan.lines:
            assert replay(line.derivation) == line.draft.amount_minor
            assert line.draft.discount_minor * line.draft.derivation["sign"] >= 0
        swept = {id(each.draft) for each in self.s.pending}
        self._mark([line.draft for line in plan.lines if id(line.draft) not in swept])

    def _mark(self, lines: object) -> None:
        for line in lines:  # type: ignore[attr-defined]
            start, end = (datetime.fromisoformat(each) for each in line.derivation["segment"])
            sign = -1 if line.kind is LineKind.unused else 1
            self.marks[line.component_id][start] += sign
            self.marks[line.component_id][end] -= sign

    def _follow(self, after: Snapshot, instant: datetime) -> None:
        """Since when each component runs without a break; ended spans are checked by the machine's other rule."""
        is_active = after.status is SubscriptionStatus.active
        ids = {each.id: each for each in after.components} if is_active else {}
        for component in [*self.live]:
            if component not in ids:
                self.live.pop(component)
        for component, found in ids.items():
            if not self.live[component]:
                has_begun = self.s.status is not SubscriptionStatus.active
                start = (found.segment_start_at or after.period.start_at) if has_begun else instant
                self.live[component] = [[start, None]]


Life.TestCase.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
TestLife = Life.TestCase


def test_a_change_and_its_reverse_at_the_same_instant_cost_nothing() -> None:
    machine = Life()
    for timing in BillingTiming:
        for coupon in COUPONS:
            machine.begin(timing, date(2026, 1, 31), "Europe/Berlin", PLANS[3], coupon, 0, 7)
            at = datetime(2026, 2, 11, 3, 4, 5, tzinfo=UTC)
            there = plan_change(machine.s, ChangePlan(PLANS[1].price_id, 3), at, OFFERS)
            back = plan_change(there.after, ChangePlan(PLANS[3].price_id, 7), at, OFFERS)
            cost = sum(each.invoice.total_minor for each in (there, back) if each.invoice)
            if timing is BillingTiming.advance:
                assert cost == 0, (timing, coupon)
                continue
            # In arrears the time until then is billed early, and nothing twice.
            rest = plan_renewal(back.after, OFFERS).invoice
            whole = plan_renewal(machine.s, OFFERS).invoice
            assert rest is not None
            assert whole is not None
            assert abs(cost + rest.total_minor - whole.total_minor) <= 1
