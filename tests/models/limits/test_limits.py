"""Limits: which rule holds, who may change it, and that nobody passes above it without a mandate."""

from dataclasses import replace

import pytest
from sqlmodel import Session, select

from models.billing import (
    CreditWish,
    InvoiceStatus,
    SettlementText,
    issue_credit_note,
    void_invoice,
    write_off_invoice,
)
from models.kernel.actor import Actor, Mandate, MissingPermission, system_actor
from models.kernel.columns import new_id
from models.kernel.errors import Conflict, Invalid
from models.kernel.events import Event
from models.kernel.permissions import Permission
from models.limits import (
    ApprovalNeeded,
    LimitedAction,
    change_limit,
    limit_on,
    list_limit_versions,
    list_limits,
    read_limits,
)
from tests.factories.accounts import actor_with, anybody, make_tenant
from tests.factories.billing import lines_of, make_invoice
from tests.fixtures.configured import Configure

ABOVE = 1_000_001


def set_limit(session: Session, action: str, currency: str, amount: str, **facts: str) -> None:
    """A new version by somebody who may."""
    words = {"expires_hours": "", "reason": "Board of May", **facts}
    change_limit(session, anybody(), action=action, currency=currency, amount=amount, **words)


def held(session: Session, currency: str) -> tuple[int, int]:
    """What holds for voids: the amount and the version."""
    found = limit_on(session, LimitedAction.void, currency)
    return found.amount_minor, found.version


def test_limits_are_read_by_currency() -> None:
    assert read_limits(" EUR:500000, *:1000000 ") == {"EUR": 500_000, "*": 1_000_000}
    assert read_limits("") == {}
    for text in ("EUR", "EUR:1.5", ":7", "EUR:-1", "*:²"):
        with pytest.raises(Invalid):
            read_limits(text)


def test_the_narrowest_rule_holds_and_a_withdrawn_one_gives_way(
    session: Session, configure: Configure
) -> None:
    configure(VOID_APPROVAL_LIMIT="EUR:500,*:1000")
    assert (held(session, "EUR"), held(session, "USD")) == ((500, 0), (1_000, 0))
    set_limit(session, "void", "*", "20")
    assert (held(session, "EUR"), held(session, "USD")) == ((500, 0), (2_000, 1))
    set_limit(session, "void", "EUR", "30.00", expires_hours="5")
    set_limit(session, "void", "JPY", "700")
    assert (held(session, "EUR"), held(session, "JPY")) == ((3_000, 1), (700, 1))
    assert limit_on(session, LimitedAction.void, "EUR").expires_hours == 5
    set_limit(session, "void", "EUR", "")
    set_limit(session, "void", "*", "")
    assert (held(session, "EUR"), held(session, "USD")) == ((500, 0), (1_000, 0))
    configure(VOID_APPROVAL_LIMIT="")
    assert held(session, "USD") == (0, 0), "where nobody has set a limit nothing is free"
    assert [(each.action, each.currency) for each in list_limits(session, anybody())][:2] == [
        ("void", "*"),
        ("void", "JPY"),
    ]
    assert [each.version for each in list_limit_versions(session, anybody())] == [2, 2, 1, 1, 1]


@pytest.mark.parametrize(
    "facts",
    [
        {"action": "erase"},
        {"currency": "EURO"},
        {"currency": "€€€"},
        {"amount": "-1"},
        {"amount": "1.234"},
        {"expires_hours": "0"},
        {"expires_hours": "721"},
        {"expires_hours": "1.5"},
        {"reason": " "},
    ],
)
def test_what_is_no_limit_is_refused(session: Session, facts: dict[str, str]) -> None:
    given = {"action": "void", "currency": "EUR", "amount": "5", "expires_hours": "", "reason": "x", **facts}
    with pytest.raises(Invalid):
        change_limit(session, anybody(), **given)


def test_a_change_needs_its_permission_and_the_version_that_was_seen(session: Session) -> None:
    facts = {"action": "void", "currency": "EUR", "amount": "5", "expires_hours": "", "reason": "x"}
    finance = actor_with(Permission.approvals_read, Permission.voids_approve, Permission.invoices_void)
    with pytest.raises(MissingPermission):
        change_limit(session, finance, **facts)
    change_limit(session, anybody(), **facts, version=0)
    with pytest.raises(Conflict):
        change_limit(session, anybody(), **facts, version=0)
    change_limit(session, anybody(), **facts, version=1)
    named = [each for each in session.exec(select(Event)) if each.name == "approval_limit.changed"]
    assert [(each.after or {})["version"] for each in named] == [1, 2]


@pytest.mark.parametrize("actor", [anybody(), system_actor("dunning")], ids=["a person", "the program"])
def test_nobody_passes_above_the_limit_alone(session: Session, actor: Actor) -> None:
    def refuse(action: LimitedAction, operation: object, **facts: object) -> None:
        with pytest.raises(ApprovalNeeded) as caught:
            operation(session, actor, invoice_id=invoice.id, **facts)  # type: ignore[operator]
        assert caught.value.action is action
        assert caught.value.data["limit_minor"] == 1_000_000

    invoice = make_invoice(session, total=ABOVE)
    refuse(LimitedAction.void, void_invoice, reason="x")
    refuse(LimitedAction.write_off, write_off_invoice, reason="forgiven")
    whole = {"wish": CreditWish(percent="100"), "reason": "x", "request_key": new_id().hex}
    settlement = SettlementText(reduce="10000.01")
    refuse(LimitedAction.credit, issue_credit_note, settlement=settlement, **whole)
    session.refresh(invoice)
    assert (invoice.status, invoice.credited_minor) == (InvoiceStatus.open, 0)
    assert session.exec(select(Event)).all() == []
    # Exactly the limit is free.
    void_invoice(session, actor, invoice_id=make_invoice(session, total=ABOVE - 1).id, reason="x")


def test_parts_of_one_invoice_do_not_pass_beneath_the_limit(session: Session) -> None:
    tenant = make_tenant(session)
    invoice = make_invoice(session, tenant=tenant, status=InvoiceStatus.paid, total=3_000_000)
    (line,) = lines_of(session, invoice)

    def credit(amount: str, refund: str = "0", balance: str = "0") -> None:
        issue_credit_note(
            session,
            anybody(),
            invoice_id=invoice.id,
            wish=CreditWish(amounts=((line.id, amount),)),
            settlement=SettlementText(refund=refund, to_balance=balance, channel="bank_transfer"),
            reason="x",
            request_key=new_id().hex,
        )

    set_limit(session, "refund", "USD", "2000")
    credit("1500", refund="1500")
    with pytest.raises(ApprovalNeeded) as caught:
        credit("600", refund="600")
    assert (caught.value.action, caught.value.data["amount_minor"]) == ("refund", 210_000)
    credit("600", balance="600")
    with pytest.raises(ApprovalNeeded) as caught:
        credit("8000", balance="8000")
    assert (caught.value.action, caught.value.data["amount_minor"]) == ("credit", 1_010_000)


def test_a_mandate_is_for_one_thing_one_action_and_one_amount(session: Session) -> None:
    invoice, other = make_invoice(session, total=ABOVE), make_invoice(session, total=ABOVE)

    def by(**allows: int) -> Actor:
        return replace(anybody(), mandate=Mandate(invoice.id, allows, "Felix Okafor"))

    for actor, subject in (
        (by(void=ABOVE), other),
        (by(void=ABOVE - 1), invoice),
        (by(write_off=ABOVE), invoice),
        (by(), invoice),
    ):
        with pytest.raises(ApprovalNeeded):
            void_invoice(session, actor, invoice_id=subject.id, reason="x")
    void_invoice(session, by(void=ABOVE), invoice_id=invoice.id, reason="x")
    (event,) = session.exec(select(Event)).all()
    assert (event.name, event.on_behalf_of) == ("invoice.voided", "Felix Okafor")
