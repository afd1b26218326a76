"""What the review page shows: the queue in groups, and one draft beside its last time."""

from dataclasses import dataclass, field

from sqlmodel import Session

from dashboard.shell.formats import relative_day
from dashboard.shell.theme import tone
from dashboard.states.form_fields import as_id
from models.billing import (
    INVOICES,
    Comparison,
    InvoiceDetail,
    ReviewGroup,
    ReviewItem,
    compare_with_last,
    get_invoice,
    list_review,
    why_not_approve,
)
from models.billing import InvoiceStatus as Status
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.kernel.listing import show_date
from models.kernel.money import Money

ROUTINE = "routine"


@dataclass(frozen=True)
class ItemView:
    """A draft in the queue."""

    id: str
    customer: str
    total: str
    hint: str
    is_chosen: bool


@dataclass(frozen=True)
class GroupView:
    """Drafts with the same first reason."""

    code: str
    label: str
    count: str
    drafts: list[ItemView] = field(default_factory=list)


@dataclass(frozen=True)
class DraftView:
    """The draft that is looked at."""

    id: str = ""
    number: str = ""
    customer: str = ""
    customer_href: str = ""
    href: str = ""
    total: str = ""
    badge: str = ""
    tone: str = "gray"
    version: int = 0
    approvals: str = ""
    last: str = ""
    refusal: str = ""
    is_held: bool = False
    is_stuck: bool = False
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ComparedView:
    """A line last time and this time."""

    description: str
    last: str
    now: str
    why: str


NOTHING = DraftView()


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything the page reads."""

    groups: list[ReviewGroup]
    chosen: str
    invoice: InvoiceDetail | None
    comparison: Comparison | None

    @property
    def routine_count(self) -> int:
        """Drafts nobody has a reason to look at."""
        return next((each.count for each in self.groups if each.code == ROUTINE), 0)


def load(session: Session, actor: Actor, chosen: str) -> Shown:
    """The queue, and the chosen draft or else the first one."""
    groups = list_review(session, actor)
    items = [item for group in groups for item in group.items]
    ids = {str(each.id) for each in items}
    picked = chosen if chosen in ids else str(items[0].id) if items else ""
    if not picked:
        return Shown(groups, "", None, None)
    try:
        identifier = as_id(picked)
        return Shown(
            groups,
            picked,
            get_invoice(session, actor, identifier),
            compare_with_last(session, actor, identifier),
        )
    except NotFound:
        return Shown(groups, "", None, None)


def show(shown: Shown, reader: Actor) -> tuple[list[GroupView], DraftView, list[ComparedView]]:
    """The state's variables."""
    groups = [
        GroupView(
            group.code,
            group.label,
            f"{group.count:,}",
            [_item(each, shown.chosen, reader) for each in group.items],
        )
        for group in shown.groups
    ]
    if shown.invoice is None or shown.comparison is None:
        return groups, NOTHING, []
    return groups, _draft(shown.invoice, shown.comparison, reader), _lines(shown.comparison, reader.locale)


def following(groups: list[GroupView], identifier: str) -> str:
    """The draft after this one in the queue."""
    ids = [item.id for group in groups for item in group.drafts]
    current_id = identifier or (ids[0] if ids else "")
    if current_id not in ids:
        return ""
    rest = ids[ids.index(current_id) + 1 :]
    return rest[0] if rest else ""


def _item(item: ReviewItem, chosen: str, reader: Actor) -> ItemView:
    hint = item.held_reason or (item.sentences[0] if item.sentences else relative_day(item.issued_on))
    return ItemView(
        str(item.id), item.customer, item.total.format(reader.locale), hint, str(item.id) == chosen
    )


def _draft(invoice: InvoiceDetail, compared: Comparison, reader: Actor) -> DraftView:
    row = invoice.row
    refusal = why_not_approve(Status(row.status), row.held_reason)
    sentence = refusal.sentence if refusal else ""
    if not sentence and invoice.edited_by is not None and invoice.edited_by == reader.id:
        sentence = "You changed this draft last, so somebody else approves it."
    last = (
        f"Last time: {compared.last_number}, {show_date(compared.last_issued_on, reader.locale)}, "
        f"{compared.last_total.format(reader.locale)}"
        if compared.last_total and compared.last_issued_on
        else "There is no earlier invoice of a period to compare with."
    )
    return DraftView(
        id=str(row.id),
        number=row.number,
        customer=row.customer,
        customer_href=f"/customers/{row.tenant_id}",
        href=f"/billing/invoices/{row.id}",
        total=Money(row.total_minor, row.currency).format(reader.locale),
        badge=INVOICES.labels.get(row.standing, row.standing.capitalize()),
        tone=tone("invoices", row.standing),
        version=invoice.version,
        approvals=f"{invoice.approvals} of {max(row.approvals_needed, 1)} approvals",
        last=last,
        refusal=sentence,
        is_held=bool(row.held_reason),
        is_stuck=row.status == Status.generating,
        reasons=[str(each["sentence"]) for each in invoice.review]
        + ([invoice.failure] if invoice.failure else []),
    )


def _lines(compared: Comparison, locale: str) -> list[ComparedView]:
    currency = compared.this_total.currency

    def text(minor: int | None) -> str:
        return "\u2014" if minor is None else Money(minor, currency).format(locale)

    return [
        ComparedView(each.description, text(each.last_minor), text(each.this_minor), each.why)
        for each in compared.lines
    ]
