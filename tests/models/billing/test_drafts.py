"""Drafts: who may say yes, when that issues them, and what an edit does to them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from models.billing import (
    Invoice,
    InvoiceStatus,
    LineText,
    add_draft_line,
    adjust_balance,
    approve_invoice,
    approve_routine,
    balance_of,
    compare_with_last,
    drop_draft_line,
    edit_draft_line,
    hold_invoice,
    list_review,
    preview_approval,
    release_invoice,
    restore_draft_line,
    retry_step,
)
from models.kernel.actor import Actor, Cause, MissingPermission, system_actor
from models.kernel.errors import Conflict, Forbidden, Invalid
from models.kernel.events import Event
from models.kernel.permissions import Permission
from tests.factories.accounts import actor_with, make_staff, make_tenant
from tests.factories.billing import lines_of, make_draft, make_invoice, make_subscription
from tests.fixtures.clock import FrozenClock


def person(session: Session) -> Actor:
    """Somebody of finance who exists."""
    return actor_with(*Permission, user=make_staff(session))


def names(session: Session) -> list[str]:
    """Events in their order."""
    return [each.name for each in session.exec(select(Event))]


def test_a_yes_issues_the_draft_with_a_number_today_and_its_terms(
    session: Session, frozen: FrozenClock
) -> None:
    tenant = make_tenant(session, time_zone="Pacific/Auckland", currency="NZD")
    frozen.move_to(datetime(2026, 12, 31, 12, tzinfo=UTC))
    first, second = (
        make_draft(session, tenant=tenant, issued_on=date(2026, 12, 20), due_on=date(2027, 1, 19), needed=1)
        for _ in range(2)
    )
    for draft in (first, second):
        approve_invoice(session, person(session), invoice_id=draft.id, version=1)
    # In Auckland the year 2027 has begun; the series is that of the issue.
    assert [first.number, second.number] == ["INV-2027-000001", "INV-2027-000002"]
    assert (first.status, first.issued_on, first.due_on) == ("open", date(2027, 1, 1), date(2027, 1, 31))
    assert (first.due_minor, first.version) == (10_000, 2)
    assert names(session)[:2] == ["invoice.approved", "invoice.issued"]
    with pytest.raises(Conflict, match="Only drafts are approved") as refusal:
        approve_invoice(session, person(session), invoice_id=first.id)
    assert refusal.value.code == "invoice.already_issued"


def test_two_people_above_the_limit_each_once_and_never_the_editor(session: Session) -> None:
    draft = make_draft(session, needed=2)
    ann, bob, cid = (person(session) for _ in range(3))
    draft.edited_by = cid.id
    approve_invoice(session, ann, invoice_id=draft.id)
    assert draft.status == InvoiceStatus.draft
    with pytest.raises(Conflict) as again:
        approve_invoice(session, ann, invoice_id=draft.id)
    assert again.value.code == "invoice.approved_by_you"
    with pytest.raises(Forbidden) as own:
        approve_invoice(session, cid, invoice_id=draft.id)
    assert own.value.code == "invoice.own_edit"
    with pytest.raises(Forbidden) as program:
        approve_invoice(session, system_actor("run", Cause.schedule), invoice_id=draft.id)
    assert program.value.code == "invoice.approver_not_a_person"
    with pytest.raises(MissingPermission):
        approve_invoice(session, actor_with(Permission.invoices_read), invoice_id=draft.id)
    approve_invoice(session, bob, invoice_id=draft.id)
    assert draft.status == InvoiceStatus.open


def test_an_edit_makes_earlier_approvals_void(session: Session) -> None:
    draft = make_draft(session, needed=2)
    ann, bob, cid = (person(session) for _ in range(3))
    approve_invoice(session, ann, invoice_id=draft.id)
    (line,) = lines_of(session, draft)
    edit_draft_line(
        session,
        cid,
        invoice_id=draft.id,
        line_id=line.id,
        line=LineText("Seats", "2", "40"),
        reason="As agreed",
        version=1,
    )
    draft.approvals_needed = 2
    with pytest.raises(Conflict) as stale:
        approve_invoice(session, bob, invoice_id=draft.id, version=1)
    assert stale.value.code == "draft.changed"
    approve_invoice(session, bob, invoice_id=draft.id, version=2)
    assert draft.status == InvoiceStatus.draft
    approve_invoice(session, ann, invoice_id=draft.id)
    assert draft.status == InvoiceStatus.open


def test_a_held_draft_waits_until_it_is_released(session: Session) -> None:
    draft = make_draft(session, needed=1)
    ann = person(session)
    hold_invoice(session, ann, invoice_id=draft.id, reason="Ask the customer")
    with pytest.raises(Conflict, match="held: Ask the customer") as held:
        approve_invoice(session, ann, invoice_id=draft.id)
    assert held.value.code == "invoice.held"
    with pytest.raises(Conflict) as twice:
        hold_invoice(session, ann, invoice_id=draft.id, reason="Again")
    assert twice.value.code == "invoice.already_held"
    release_invoice(session, ann, invoice_id=draft.id)
    with pytest.raises(Conflict):
        release_invoice(session, ann, invoice_id=draft.id)
    approve_invoice(session, ann, invoice_id=draft.id)
    assert draft.status == InvoiceStatus.open
    with pytest.raises(Conflict) as late:
        hold_invoice(session, ann, invoice_id=draft.id, reason="Too late")
    assert late.value.code == "invoice.not_holdable"


def test_the_balance_pays_first_and_a_negative_total_goes_to_it(session: Session) -> None:
    tenant, ann = make_tenant(session), person(session)
    back = make_draft(session, tenant=tenant, amounts=(-5_000, 1_000), needed=1)
    approve_invoice(session, ann, invoice_id=back.id)
    assert (back.status, back.balance_minor, back.due_minor) == ("paid", -4_000, 0)
    assert balance_of(session, tenant.id, "USD") == 4_000
    part = make_draft(session, tenant=tenant, amounts=(3_000,), needed=1)
    approve_invoice(session, ann, invoice_id=part.id)
    assert (part.status, part.balance_minor, part.due_minor) == ("paid", 3_000, 0)
    rest = make_draft(session, tenant=tenant, amounts=(3_000,), needed=1)
    approve_invoice(session, ann, invoice_id=rest.id)
    assert (rest.status, rest.balance_minor, rest.due_minor) == ("open", 1_000, 2_000)
    assert balance_of(session, tenant.id, "USD") == 0
    euros = make_draft(session, tenant=tenant, amounts=(100,), needed=1, currency="EUR")
    adjust_balance(session, ann, tenant_id=tenant.id, amount="9", currency="USD", reason="Sorry")
    approve_invoice(session, ann, invoice_id=euros.id)
    assert (euros.balance_minor, euros.due_minor) == (0, 100)


def change(session: Session, actor: Actor, draft: Invoice, operation: Any, **facts: Any) -> Any:
    """Run an edit with a reason."""
    return operation(session, actor, invoice_id=draft.id, reason="Agreed", **facts)


def test_edits_keep_the_engines_line_and_totals_and_tax_follow(session: Session) -> None:
    draft = make_draft(session, amounts=(10_000, 2_000), tax_ppm=190_000)
    ann = person(session)
    assert (draft.total_minor, draft.review) == (14_280, [])
    first, second = lines_of(session, draft)
    was = dict(first.derivation)
    change(session, ann, draft, edit_draft_line, line_id=first.id, line=LineText("Less", "3", "-10.05"))
    assert (first.amount_minor, first.tax_minor, first.quantity) == (-3_015, -573, 3)
    assert first.derivation["original"]["derivation"] == was
    assert first.derivation["reason"] == "Agreed"
    change(session, ann, draft, drop_draft_line, line_id=second.id)
    assert (draft.subtotal_minor, draft.tax_minor, draft.total_minor) == (-3_015, -573, -3_588)
    assert {each["code"] for each in draft.review} == {"first_invoice", "not_positive", "edited"}
    assert (draft.approvals_needed, draft.version, draft.edited_by) == (1, 3, ann.id)
    change(session, ann, draft, edit_draft_line, line_id=first.id, line=LineText("More", "1", "5"))
    assert first.derivation["original"]["derivation"] == was, "the first original stays"
    for line in (first, second):
        change(session, ann, draft, restore_draft_line, line_id=line.id)
    assert (draft.total_minor, first.derivation, second.amount_minor) == (14_280, was, 2_000)
    with pytest.raises(Conflict) as nothing:
        change(session, ann, draft, restore_draft_line, line_id=first.id)
    assert nothing.value.code == "line.not_changed"
    change(session, ann, draft, add_draft_line, line=LineText("Set-up", "1", "100"))
    added = lines_of(session, draft)[2]
    assert (added.kind, added.amount_minor, draft.total_minor) == ("one_off", 10_000, 24_280)
    change(session, ann, draft, drop_draft_line, line_id=added.id)
    assert len(lines_of(session, draft)) == 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (LineText("", "1", "1"), "line.description_missing"),
        (LineText("x", "-1", "1"), "line.quantity_unreadable"),
        (LineText("x", "1.5", "1"), "line.quantity_unreadable"),
        (LineText("x", "0", "1"), "line.quantity_out_of_bounds"),
        (LineText("x", "9999999", "1"), "line.quantity_out_of_bounds"),
        (LineText("x", "1", "1.005"), "money.too_precise"),
        (LineText("x", "1", "1,5"), "money.unreadable"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_and_nothing_changes(
    session: Session, line: LineText, code: str
) -> None:
    draft = make_draft(session)
    (found,) = lines_of(session, draft)
    with pytest.raises(Invalid) as refusal:
        change(session, person(session), draft, edit_draft_line, line_id=found.id, line=line)
    assert refusal.value.code == code
    assert (found.amount_minor, draft.version) == (10_000, 1)


def test_an_issued_invoice_is_never_edited(session: Session) -> None:
    invoice = make_invoice(session)
    (line,) = lines_of(session, invoice)
    with pytest.raises(Conflict, match="Issue a credit note") as refusal:
        change(session, person(session), invoice, drop_draft_line, line_id=line.id)
    assert refusal.value.code == "invoice.immutable"


def test_many_are_approved_as_previewed_and_one_refusal_keeps_none_back(session: Session) -> None:
    ann = person(session)
    routine = [make_draft(session, amounts=(amount,)) for amount in (100, 300, 200)]
    euro = make_draft(session, tenant=make_tenant(session, currency="EUR"), amounts=(900,))
    make_draft(session, needed=1)
    routine[1].edited_by = ann.id
    held = make_draft(session)
    hold_invoice(session, ann, invoice_id=held.id, reason="Wait")
    preview = preview_approval(session, ann)
    assert [each.format() for each in preview.sums] == ["9.00 EUR", "3.00 USD"]
    assert [each.amount.minor for each in preview.largest] == [900, 200, 100]
    assert (preview.count, preview.left) == (3, 0)
    held_one, edited = sorted(preview.skipped, key=lambda each: "changed" in each.sentence)
    assert "held: Wait" in held_one.sentence
    assert (edited.count, edited.numbers) == (1, (routine[1].number,))
    with pytest.raises(Conflict) as stale:
        approve_routine(session, ann, token="other")
    assert stale.value.code == "approval.changed"
    outcome = approve_routine(session, ann, token=preview.token)
    assert (outcome.issued, outcome.refused) == (3, ())
    assert [each.status for each in (*routine, euro, held)] == ["open", "draft", "open", "open", "draft"]


def test_a_failed_step_is_tried_again_and_only_there(session: Session) -> None:
    ann = person(session)
    stuck = make_draft(session, amounts=(1_000,))
    stuck.status, stuck.failed_step, stuck.failure = "generating", "tax", "The tax service does not answer."
    with pytest.raises(Conflict) as early:
        approve_invoice(session, ann, invoice_id=stuck.id)
    assert early.value.code == "invoice.not_finished"
    retry_step(session, ann, invoice_id=stuck.id)
    assert (stuck.status, stuck.failed_step, stuck.failure) == ("draft", "", "")
    with pytest.raises(Conflict) as nothing:
        retry_step(session, ann, invoice_id=stuck.id)
    assert nothing.value.code == "invoice.nothing_failed"


def test_the_queue_has_the_riskiest_first_and_says_what_differs_from_last_time(session: Session) -> None:
    tenant, ann = make_tenant(session), person(session)
    subscription = make_subscription(session, tenant=tenant)
    last = make_invoice(session, tenant=tenant, total=5_000, subscription_id=subscription.id)
    odd = make_draft(
        session,
        tenant=tenant,
        amounts=(10_000,),
        subscription_id=subscription.id,
        issued_on=date(2026, 4, 1),
        needed=1,
        review=[{"code": "off_last", "sentence": "100 % off", "facts": {}}],
    )
    make_draft(session)
    groups = list_review(session, ann)
    assert [(each.code, each.count) for each in groups] == [("off_last", 1), ("routine", 1)]
    assert groups[0].items[0].sentences == ("100 % off",)
    compared = compare_with_last(session, ann, odd.id)
    assert (compared.last_number, compared.this_total.minor) == (last.number, 10_000)
    assert [(each.last_minor, each.this_minor, each.why) for each in compared.lines] == [
        (None, 10_000, "New this time"),
        (5_000, None, "Not billed this time"),
    ]
