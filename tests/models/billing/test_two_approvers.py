"""Two people approve one draft at the same moment: it is issued once, with one number."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.billing import Invoice, adjust_balance, approve_invoice, balance_of
from models.billing.tables import InvoiceApproval
from models.kernel.actor import Actor
from models.kernel.database import read_session, unit_of_work
from models.kernel.errors import DomainError
from models.kernel.events import Event
from models.kernel.permissions import Permission
from tests.factories.accounts import actor_with, anybody, make_staff, make_tenant
from tests.factories.billing import make_draft


def people(count: int) -> list[Actor]:
    """People who exist."""
    with unit_of_work() as session:
        return [actor_with(*Permission, user=make_staff(session)) for _ in range(count)]


def together(*tries: tuple[Actor, object]) -> list[str]:
    """All approve at once; what became of each."""
    barrier = threading.Barrier(len(tries))

    def run(each: tuple[Actor, object]) -> str:
        barrier.wait()
        try:
            with unit_of_work() as session:
                approve_invoice(session, each[0], invoice_id=each[1])  # type: ignore[arg-type]
        except DomainError as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(len(tries)) as pool:
        return sorted(pool.map(run, tries))


@pytest.mark.parametrize("_round", range(3))
@pytest.mark.parametrize(
    ("needed", "outcome"), [(1, ["done", "invoice.already_issued"]), (2, ["done", "done"])]
)
def test_it_is_issued_once(database: Engine, needed: int, outcome: list[str], _round: int) -> None:
    ann, bob = people(2)
    with unit_of_work() as session:
        draft = make_draft(session, needed=needed).id
    assert together((ann, draft), (bob, draft)) == outcome
    with read_session() as session:
        invoice = session.get_one(Invoice, draft)
        assert (invoice.status, invoice.version) == ("open", 2)
        assert len(session.exec(select(InvoiceApproval)).all()) == needed
        issued = [each for each in session.exec(select(Event)) if each.name == "invoice.issued"]
        assert len(issued) == 1


def test_one_person_twice_at_once_counts_once(database: Engine) -> None:
    (ann,) = people(1)
    with unit_of_work() as session:
        draft = make_draft(session, needed=2).id
    assert together((ann, draft), (ann, draft)) == ["done", "invoice.approved_by_you"]


def test_numbers_have_no_gap_and_a_balance_is_spent_once(database: Engine) -> None:
    ann = people(1)[0]
    with unit_of_work() as session:
        tenant = make_tenant(session).id
        adjust_balance(session, anybody(), tenant_id=tenant, amount="150", currency="USD", reason="Sorry")
        drafts = [make_draft(session, needed=1, tenant=None, tenant_id=tenant).id for _ in range(6)]
    assert together(*[(ann, each) for each in drafts]) == ["done"] * 6
    with read_session() as session:
        invoices = session.exec(select(Invoice)).all()
        numbers = sorted(int(each.number.rpartition("-")[2]) for each in invoices)
        assert numbers == list(range(1, 7))
        assert sorted(each.balance_minor for each in invoices) == [0, 0, 0, 0, 5_000, 10_000]
        assert balance_of(session, tenant, "USD") == 0
