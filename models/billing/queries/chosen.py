"""The invoices a person has ticked, or all of a filter, for doing one thing to many of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.accounts import Tenant, in_scope
from models.billing.queries.invoice_listing import INVOICES
from models.billing.tables import Invoice
from models.kernel.actor import Actor
from models.kernel.errors import Invalid
from models.kernel.listing import ListQuery, ids_statement
from models.kernel.permissions import Permission

# One unit of work does as many.
AT_ONCE = 500
NAMED = 5
OUT_OF_REACH = "You may read these customers' invoices, but not do this to them."


@dataclass(frozen=True, slots=True)
class Chosen:
    """`ids` of a list, or without them everything its address parameters show."""

    params: str = ""
    ids: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """How many are left as they are for one reason, and some of them by number."""

    sentence: str
    count: int
    numbers: tuple[str, ...]


def chosen_invoices(
    session: Session, actor: Actor, chosen: Chosen, permission: Permission
) -> Sequence[tuple[Invoice, str, bool]]:
    """Each invoice with its customer's name and whether the permission reaches it, the oldest first.

    Raises Invalid for more than 500.
    """
    ids = ids_statement(session, actor, INVOICES, ListQuery.parse(chosen.params), chosen.ids)
    columns: tuple[Any, ...] = (Invoice, Tenant.name, in_scope(Invoice.tenant_id, actor, permission))
    rows = session.execute(
        select(*columns)
        .join(Tenant, col(Tenant.id) == Invoice.tenant_id)
        .where(col(Invoice.id).in_(ids))
        .order_by(col(Invoice.issued_on), col(Invoice.id))
        .limit(AT_ONCE + 1)
    ).all()
    if len(rows) > AT_ONCE:
        raise Invalid(
            "invoices.too_many",
            f"At most {AT_ONCE} invoices at once. Narrow the filter or tick some of them.",
        )
    return [(invoice, name, bool(is_reached)) for invoice, name, is_reached in rows]


def group_skipped(left: Iterable[tuple[str, str]]) -> tuple[Skipped, ...]:
    """(number, sentence) of each that is left as it is, by sentence, the most frequent first."""
    found: dict[str, list[str]] = {}
    for number, sentence in left:
        found.setdefault(sentence, []).append(number)
    groups = [Skipped(sentence, len(each), tuple(each[:NAMED])) for sentence, each in found.items()]
    return tuple(sorted(groups, key=lambda each: -each.count))
