"""Many customers at once: written down first, then worked off in one go or by the worker, and taken back."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, insert, literal, select, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from models.accounts import events
from models.accounts.operations.tenants import plain_tags, tenant_subject, touch
from models.accounts.rules.bulk_changes import compute_tags, compute_undone_tags
from models.accounts.scoping import in_scope
from models.accounts.tables import (
    BulkAction,
    BulkChange,
    BulkChangeRow,
    BulkOutcome,
    BulkStatus,
    StaffUser,
    Tenant,
)
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.events import Subject, record_event
from models.kernel.listing import ListQuery, ids_statement, listing_named
from models.kernel.locking import lock_row
from models.kernel.permissions import Permission

LISTING = "customers"
# Up to here the click waits for it; above, the worker does it.
AT_ONCE = 300
CHUNK = 200
MAX_ROWS = 100_000
UNDO_WITHIN = timedelta(minutes=10)
NOT_REACHED = "Not there any more, or out of your reach."


def assign_owners(
    session: Session, actor: Actor, *, params: str, selection: Sequence[UUID] | None, owner_id: UUID | None
) -> UUID:
    """Give the selected customers, or with None the whole filter, to an account manager or to nobody.

    Returns the id of the change: done, or queued above 300 customers. Each customer's outcome is kept.
    """
    actor.ensure(Permission.customers_write)
    person = session.get(StaffUser, owner_id) if owner_id else None
    if owner_id and (person is None or not person.is_active):
        raise NotFound("staff_user", owner_id)
    bulk = BulkChange(user_id=_person_id(actor), action=BulkAction.assign, owner_id=owner_id)
    return _start(session, actor, bulk, params, selection)


def change_tags(
    session: Session,
    actor: Actor,
    *,
    params: str,
    selection: Sequence[UUID] | None,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
) -> UUID:
    """Set tags on the selected customers, or take them away; otherwise as `assign_owners`."""
    actor.ensure(Permission.customers_write)
    added, removed = plain_tags(list(add)), plain_tags(list(remove))
    if not added and not removed:
        raise Invalid("tags.missing", "Type at least one tag, such as vip.", field="tags")
    bulk = BulkChange(
        user_id=_person_id(actor), action=BulkAction.tag, tags_added=added, tags_removed=removed
    )
    return _start(session, actor, bulk, params, selection)


def undo_bulk_change(session: Session, actor: Actor, *, bulk_id: UUID) -> None:
    """Take back one's own change; what somebody changed since stays. Refused ten minutes after it."""
    actor.ensure(Permission.customers_write)
    bulk = lock_row(session, BulkChange, bulk_id, BulkChange.user_id == actor.id)
    if bulk.status != BulkStatus.done or bulk.updated_at < clock.now() - UNDO_WITHIN:
        raise Conflict(
            "bulk.not_undoable",
            "This can no longer be undone: it is still being done, was undone, or is over ten minutes old.",
        )
    _move(bulk, BulkStatus.undoing)
    _go(session, actor, bulk)


def continue_bulk_change(session: Session, actor: Actor, *, bulk_id: UUID) -> bool:
    """Work off the next 200 customers as the person who asked; True while there are more."""
    bulk = lock_row(session, BulkChange, bulk_id, BulkChange.user_id == actor.id)
    if bulk.status not in {BulkStatus.waiting, BulkStatus.undoing}:
        return False
    return _chunk(session, actor, bulk)


def fail_bulk_change(session: Session, actor: Actor, *, bulk_id: UUID, error: str) -> None:
    """A change that cannot go on is stopped: what is done stays, everyone else is left alone with this reason."""
    actor.ensure(Permission.customers_write)
    bulk = lock_row(session, BulkChange, bulk_id)
    if bulk.status not in {BulkStatus.waiting, BulkStatus.undoing}:
        return
    wanted, left = BulkOutcome.waiting, BulkOutcome.skipped
    if bulk.status == BulkStatus.undoing:
        wanted, left = BulkOutcome.done, BulkOutcome.kept
    number = _count(session, bulk, wanted)
    rows = (col(BulkChangeRow.bulk_id) == bulk.id) & (col(BulkChangeRow.outcome) == wanted)
    session.execute(update(BulkChangeRow).where(rows).values(outcome=left.value, reason=error))
    _move(bulk, BulkStatus.failed)
    after = {"done": bulk.rows_total - number, "left": number, "error": error}
    record_event(session, actor, events.BULK_CHANGE_FAILED, _subject(bulk), reason=error, after=after)


def _person_id(actor: Actor) -> UUID:
    if actor.id is None:
        raise Invalid("bulk.nobody", "Only a person changes many customers at once.")
    return actor.id


def _start(
    session: Session, actor: Actor, bulk: BulkChange, params: str, selection: Sequence[UUID] | None
) -> UUID:
    session.add(bulk)
    session.flush()
    listing = listing_named(LISTING)
    wanted = ids_statement(session, actor, listing, ListQuery.parse(params), selection).limit(MAX_ROWS + 1)
    ids = wanted.subquery()
    rows = select(
        literal(bulk.id), ids.c[0], literal(BulkOutcome.waiting.value), literal(""), literal(None)
    ).select_from(ids)
    names = ["bulk_id", "tenant_id", "outcome", "reason", "before"]
    session.execute(insert(BulkChangeRow).from_select(names, rows))
    bulk.rows_total = _count(session, bulk, BulkOutcome.waiting)
    if bulk.rows_total > MAX_ROWS:
        raise Invalid("bulk.too_many", f"At most {MAX_ROWS:,} customers at once. Narrow the filter.")
    _go(session, actor, bulk)
    return bulk.id


def _go(session: Session, actor: Actor, bulk: BulkChange) -> None:
    if bulk.rows_total <= AT_ONCE:
        while _chunk(session, actor, bulk):
            pass
        return
    owner = session.get(StaffUser, bulk.owner_id) if bulk.owner_id else None
    after = {"action": bulk.action, "rows": bulk.rows_total, "owner": owner.name if owner else ""}
    after |= {"tags_added": bulk.tags_added, "tags_removed": bulk.tags_removed}
    record_event(session, actor, events.BULK_CHANGE_QUEUED, _subject(bulk), after=after)


def _subject(bulk: BulkChange) -> Subject:
    return Subject("bulk_change", bulk.id, f"{bulk.rows_total:,} customers")


def _chunk(session: Session, actor: Actor, bulk: BulkChange) -> bool:
    is_undo = bulk.status == BulkStatus.undoing
    wanted = BulkOutcome.done if is_undo else BulkOutcome.waiting
    rows = session.exec(
        select_rows(BulkChangeRow)
        .where(BulkChangeRow.bulk_id == bulk.id, BulkChangeRow.outcome == wanted)
        .order_by(col(BulkChangeRow.tenant_id))
        .limit(CHUNK)
    ).all()
    found = _locked(session, actor, [row.tenant_id for row in rows])
    names = _names(session, bulk, rows, found)
    for row in rows:
        tenant = found.get(row.tenant_id)
        row.reason = (
            NOT_REACHED
            if tenant is None
            else (_take_back if is_undo else _change)(session, actor, bulk, row, tenant, names)
        )
        outcomes = (
            (BulkOutcome.kept, BulkOutcome.undone) if is_undo else (BulkOutcome.skipped, BulkOutcome.done)
        )
        row.outcome = outcomes[0] if row.reason else outcomes[1]
    if len(rows) == CHUNK:
        bulk.updated_at = clock.now()
        return True
    _move(bulk, BulkStatus.undone if is_undo else BulkStatus.done)
    return False


def _locked(session: Session, actor: Actor, tenant_ids: Sequence[UUID]) -> dict[UUID, Tenant]:
    """Those within reach, locked in the order of their ids, so that two that meet never wait crosswise."""
    # Whoever lost the permission since asking reaches nothing any more.
    if not actor.may(Permission.customers_write):
        return {}
    statement = (
        select_rows(Tenant)
        .where(col(Tenant.id).in_(tenant_ids), in_scope(Tenant.id, actor, Permission.customers_write))
        .order_by(col(Tenant.id))
    )
    # A commit of somebody else's that this waits for is seen.
    locked = statement.with_for_update().execution_options(populate_existing=True)
    return {tenant.id: tenant for tenant in session.exec(locked)}


def _change(
    session: Session,
    actor: Actor,
    bulk: BulkChange,
    row: BulkChangeRow,
    tenant: Tenant,
    names: Mapping[UUID | None, str],
) -> str:
    """Change one customer, or say why not."""
    if bulk.action == BulkAction.assign:
        if tenant.owner_id == bulk.owner_id:
            return "Has this account manager already." if bulk.owner_id else "Has no account manager."
        row.before = {"owner_id": str(tenant.owner_id) if tenant.owner_id else None}
        _set_owner(session, actor, tenant, bulk.owner_id, names)
        return ""
    tags, refusal = compute_tags(tenant.tags, bulk.tags_added, bulk.tags_removed)
    if not refusal:
        row.before = {"tags": list(tenant.tags)}
        _set_tags(session, actor, tenant, tags)
    return refusal


def _take_back(
    session: Session,
    actor: Actor,
    bulk: BulkChange,
    row: BulkChangeRow,
    tenant: Tenant,
    names: Mapping[UUID | None, str],
) -> str:
    """Take one customer's change back, or say why it stays."""
    before = row.before or {}
    if bulk.action == BulkAction.assign:
        if tenant.owner_id != bulk.owner_id:
            return "Somebody changed the account manager since."
        _set_owner(session, actor, tenant, _previous(row), names, reason="Undone")
        return ""
    tags = compute_undone_tags(tenant.tags, before.get("tags", []), bulk.tags_added, bulk.tags_removed)
    if tags == sorted(tenant.tags):
        return "Somebody changed the tags since."
    _set_tags(session, actor, tenant, tags, reason="Undone")
    return ""


def _set_owner(
    session: Session,
    actor: Actor,
    tenant: Tenant,
    owner_id: UUID | None,
    names: Mapping[UUID | None, str],
    *,
    reason: str = "",
) -> None:
    before, tenant.owner_id = tenant.owner_id, owner_id
    touch(tenant)
    record_event(
        session,
        actor,
        events.TENANT_OWNER_CHANGED,
        tenant_subject(tenant),
        reason=reason,
        before={"owner": names.get(before, "")},
        after={"owner": names.get(owner_id, "")},
    )


def _set_tags(session: Session, actor: Actor, tenant: Tenant, tags: list[str], *, reason: str = "") -> None:
    before, tenant.tags = list(tenant.tags), tags
    touch(tenant)
    subject = tenant_subject(tenant)
    after = {"tags": tags}
    record_event(
        session, actor, events.TENANT_UPDATED, subject, reason=reason, before={"tags": before}, after=after
    )


def _names(
    session: Session, bulk: BulkChange, rows: Sequence[BulkChangeRow], found: Mapping[UUID, Tenant]
) -> dict[UUID | None, str]:
    """Names of everybody who is or becomes an account manager here, for the timeline."""
    if bulk.action != BulkAction.assign:
        return {}
    wanted = {bulk.owner_id, *(tenant.owner_id for tenant in found.values()), *map(_previous, rows)} - {None}
    people = session.execute(select(StaffUser.id, StaffUser.name).where(col(StaffUser.id).in_(wanted)))  # type: ignore[call-overload]
    return {None: "", **dict(people.all())}


def _previous(row: BulkChangeRow) -> UUID | None:
    before = (row.before or {}).get("owner_id")
    return UUID(before) if before else None


def _count(session: Session, bulk: BulkChange, outcome: BulkOutcome) -> int:
    statement = select(func.count()).where(
        col(BulkChangeRow.bulk_id) == bulk.id, col(BulkChangeRow.outcome) == outcome
    )
    return session.scalar(statement) or 0


def _move(bulk: BulkChange, status: BulkStatus) -> None:
    bulk.status = status
    bulk.updated_at = clock.now()
