"""Plans: made, priced, versioned, published and archived; what was sold stays as it is."""

from datetime import date

import pytest
from sqlmodel import Session, select

from models.billing import (
    PLANS,
    PlanStatus,
    PriceDraft,
    archive_plan,
    archive_price,
    change_price,
    create_plan,
    create_price,
    draft_version,
    get_plan,
    offer_differences,
    preview_publish,
    preview_version_move,
    publish_version,
    unarchive_plan,
    update_plan,
)
from models.billing.tables import ScheduledChange
from models.compliance import list_timeline
from models.kernel.actor import MissingPermission
from models.kernel.columns import new_id
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.events import Event
from models.kernel.listing import ListQuery, list_page
from models.kernel.money import Money
from models.kernel.permissions import Permission
from tests.factories.accounts import actor_with, anybody, make_tenant
from tests.factories.billing import make_subscription

FINANCE = actor_with(
    Permission.plans_write, Permission.plans_read, Permission.subscriptions_read, Permission.customers_read
)
MONTHLY = PriceDraft("EUR", unit_amount="29")


def _codes(session: Session) -> list[str]:
    return [each.name for each in session.exec(select(Event).order_by(Event.id))]  # type: ignore[arg-type]


def test_a_plan_is_made_priced_published_and_on_record(session: Session) -> None:
    plan = create_plan(session, FINANCE, name="  Growth  Plus ", trial_days="14", description="All of it")
    assert (plan.key, plan.name, plan.version, plan.status) == ("growth-plus", "Growth Plus", 1, "draft")
    with pytest.raises(Conflict, match="Add a price first") as refusal:
        preview_publish(session, FINANCE, plan_id=plan.id)
    assert refusal.value.code == "plan.without_price"
    create_price(session, FINANCE, plan_id=plan.id, draft=MONTHLY)
    update_plan(
        session, FINANCE, plan_id=plan.id, name="Growth", description="", trial_days="0", tax_code="standard"
    )
    publish_version(session, FINANCE, plan_id=plan.id, reason="Launch")
    with pytest.raises(Conflict, match="Make a new version") as refusal:
        update_plan(
            session,
            FINANCE,
            plan_id=plan.id,
            name="Other",
            description="",
            trial_days="0",
            tax_code="standard",
        )
    assert refusal.value.code == "plan.not_draft"
    session.flush()
    (row,) = list_page(session, FINANCE, PLANS, ListQuery(search="grow")).rows
    assert (row.name, row.status, row.prices_text, row.subscriptions, row.mrr) == (
        "Growth",
        "on_sale",
        "29 EUR/mo",
        0,
        (),
    )
    assert _codes(session) == ["plan.created", "price.added", "plan.updated", "plan.published"]
    sentences = [each.sentence for each in list_timeline(session, anybody(), subject_id=plan.id)]
    assert sentences[0] == "put the version on sale"


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"name": " "}, "text.length", "name"),
        ({"name": "x\0y"}, "text.length", "name"),
        ({"name": "x" * 201}, "text.length", "name"),
        ({"name": "Ünïcode €", "key": ""}, None, ""),
        ({"name": "€€"}, "key.form", "key"),
        ({"name": "A", "key": "No Blanks"}, "key.form", "key"),
        ({"name": "A", "trial_days": "731"}, "number.out_of_range", "trial_days"),
        ({"name": "A", "trial_days": "1.5"}, "number.out_of_range", "trial_days"),
        ({"name": "A", "trial_days": "-1"}, "number.out_of_range", "trial_days"),
    ],
)
def test_what_a_plan_may_be_called(
    session: Session, facts: dict[str, str], code: str | None, field: str
) -> None:
    if code is None:
        assert create_plan(session, FINANCE, **facts).key == "n-code"
        return
    with pytest.raises(Invalid) as refusal:
        create_plan(session, FINANCE, **facts)
    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_a_key_stands_once(session: Session) -> None:
    create_plan(session, FINANCE, name="Growth")
    with pytest.raises(Conflict) as refusal:
        create_plan(session, FINANCE, name="GROWTH!")
    assert refusal.value.code == "plan.key_taken"


def test_a_new_version_leaves_subscriptions_where_they_are(session: Session) -> None:
    first = create_plan(session, FINANCE, name="Growth", is_draft=False)
    price = create_price(session, FINANCE, plan_id=first.id, draft=MONTHLY)
    tenant = make_tenant(session, name="Acme", currency="EUR")
    subscription = make_subscription(
        session, tenant=tenant, plan=first, price_id=price.id, mrr=2_900, quantity=2, unit_amount_minor=2_900
    )
    second = draft_version(session, FINANCE, plan_id=first.id)
    with pytest.raises(Conflict, match="Version 2 is a draft already"):
        draft_version(session, FINANCE, plan_id=first.id)
    (copied,) = get_plan(session, FINANCE, second.id).prices
    assert (copied.words, copied.uses, second.version, second.status) == ("29 EUR/mo", 0, 2, "draft")
    change_price(session, FINANCE, price_id=copied.id, draft=PriceDraft("EUR", unit_amount="35"))
    preview = preview_publish(session, FINANCE, plan_id=second.id)
    assert (preview.replaced_version, preview.staying, preview.staying_mrr) == (1, 1, (Money(2_900, "EUR"),))
    create_price(session, FINANCE, plan_id=second.id, draft=PriceDraft("USD", unit_amount="39"))
    with pytest.raises(Conflict, match="changed since the preview"):
        publish_version(session, FINANCE, plan_id=second.id, reason="Dearer", token=preview.token)
    token = preview_publish(session, FINANCE, plan_id=second.id).token
    publish_version(session, FINANCE, plan_id=second.id, reason="Dearer", token=token)
    assert (first.status, second.status, subscription.plan_id) == ("archived", "on_sale", first.id)
    assert [
        (each.before, each.after, each.difference.value)
        for each in offer_differences(
            get_plan(session, FINANCE, first.id), get_plan(session, FINANCE, second.id)
        )
    ] == [("29 EUR/mo per unit", "35 EUR/mo per unit", "changed"), ("", "39 USD/mo per unit", "added")]
    moves = preview_version_move(session, FINANCE, plan_id=first.id, target_id=second.id)
    (row,) = moves.moving
    assert (row.customer, row.before, row.after) == ("Acme", Money(5_800, "EUR"), Money(7_000, "EUR"))
    assert (moves.mrr_deltas, moves.without_offer) == ((Money(1_200, "EUR"),), ())
    with pytest.raises(Conflict, match="Version 2 of this plan is on sale"):
        unarchive_plan(session, FINANCE, plan_id=first.id, reason="Back")


def test_whoever_has_no_offer_in_the_other_version_is_named(session: Session) -> None:
    first = create_plan(session, FINANCE, name="Growth", is_draft=False)
    price = create_price(session, FINANCE, plan_id=first.id, draft=MONTHLY)
    for name, amount in (("Small", 1_000), ("Large", 2_900)):
        tenant = make_tenant(session, name=name, currency="EUR")
        make_subscription(session, tenant=tenant, plan=first, price_id=price.id, unit_amount_minor=amount)
    second = draft_version(session, FINANCE, plan_id=first.id)
    moves = preview_version_move(session, FINANCE, plan_id=first.id, target_id=second.id)
    assert [(each.customer, each.mrr_delta.minor) for each in moves.moving] == [
        ("Small", 1_900),
        ("Large", 0),
    ]
    (copied,) = get_plan(session, FINANCE, second.id).prices
    archive_price(session, FINANCE, price_id=copied.id)
    moves = preview_version_move(session, FINANCE, plan_id=first.id, target_id=second.id)
    assert (moves.moving, moves.without_offer) == ((), ("Large", "Small"))
    with pytest.raises(Invalid, match="another version of the same plan"):
        preview_version_move(session, FINANCE, plan_id=first.id, target_id=first.id)


def test_a_planned_change_keeps_its_target_on_sale(session: Session) -> None:
    plan = create_plan(session, FINANCE, name="Growth", is_draft=False)
    price = create_price(session, FINANCE, plan_id=plan.id, draft=MONTHLY)
    tenant = make_tenant(session, name="Acme")
    subscription = make_subscription(session, tenant=tenant)
    change = ScheduledChange(
        tenant_id=tenant.id,
        subscription_id=subscription.id,
        due_on=date(2026, 12, 1),
        change={"kind": "change_plan", "to": {"price_id": str(price.id)}},
    )
    session.add(change)
    session.flush()
    for attempt in (
        lambda: archive_plan(session, FINANCE, plan_id=plan.id, reason="Old"),
        lambda: archive_price(session, FINANCE, price_id=price.id),
    ):
        with pytest.raises(Conflict, match="leads Acme to this version") as refusal:
            attempt()
        assert refusal.value.code == "plan.change_planned"
    change.status = "done"
    session.flush()
    archive_plan(session, FINANCE, plan_id=plan.id, reason="Old")
    assert plan.status == PlanStatus.archived
    with pytest.raises(Conflict, match="archived already"):
        archive_plan(session, FINANCE, plan_id=plan.id, reason="Old")
    with pytest.raises(Conflict, match="takes no prices"):
        create_price(session, FINANCE, plan_id=plan.id, draft=PriceDraft("USD", unit_amount="1"))
    unarchive_plan(session, FINANCE, plan_id=plan.id, reason="Missed")
    assert plan.status == PlanStatus.on_sale


def test_nobody_changes_plans_without_the_permission(session: Session) -> None:
    plan = create_plan(session, FINANCE, name="Growth")
    reader = actor_with(Permission.plans_read)
    for attempt in (
        lambda: create_plan(session, reader, name="Other"),
        lambda: create_price(session, reader, plan_id=plan.id, draft=MONTHLY),
        lambda: draft_version(session, reader, plan_id=plan.id),
        lambda: preview_publish(session, reader, plan_id=plan.id),
        lambda: archive_plan(session, reader, plan_id=plan.id, reason="x"),
    ):
        with pytest.raises(MissingPermission, match="plans:write"):
            attempt()
    (row,) = list_page(session, reader, PLANS, ListQuery()).rows
    assert row.subscriptions is None, "counts of subscriptions are for those who may see them"
    with pytest.raises(NotFound):
        get_plan(session, reader, new_id())
    with pytest.raises(MissingPermission):
        get_plan(session, actor_with(Permission.coupons_read), plan.id)


def test_the_list_pages_by_every_order(session: Session) -> None:
    for number in range(30):
        plan = create_plan(session, FINANCE, name=f"Plan {number:02}", is_draft=False)
        if number < 4:
            tenant = make_tenant(session)
            for _ in range(number):
                make_subscription(session, tenant=tenant, plan=plan, mrr=1_000)
    session.flush()
    for sort in ("-subscriptions", "subscriptions", "name", "-created_at"):
        first = list_page(session, FINANCE, PLANS, ListQuery(size=25, sort=sort))
        rest = list_page(session, FINANCE, PLANS, ListQuery(size=25, sort=sort, cursor=first.after))
        assert len({row.id for row in (*first.rows, *rest.rows)}) == 30
    top = list_page(session, FINANCE, PLANS, ListQuery()).rows[0]
    assert (top.name, top.subscriptions, top.mrr_text) == ("Plan 03", 3, "30.00 USD")
