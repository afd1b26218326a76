"""Payment methods: what Stripe keeps for a customer, mirrored; which one is charged first."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, select

from models.accounts import Tenant, get_scoped, lock_scoped, tenant_subject
from models.integrations.stripe import VendorMethod
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict
from models.kernel.events import record_event
from models.kernel.locking import lock_row
from models.kernel.permissions import Permission
from models.payments import events
from models.payments.rules.method_words import method_words
from models.payments.tables import MethodStatus, PaymentAccount, PaymentMethod


def open_account(session: Session, actor: Actor, *, tenant_id: UUID, vendor_id: str) -> PaymentAccount:
    """Remember the customer's account at Stripe; one made at the same time elsewhere is kept instead."""
    actor.ensure(Permission.payments_charge)
    lock_row(session, Tenant, tenant_id)
    account = session.get(PaymentAccount, tenant_id)
    if account is None:
        account = PaymentAccount(tenant_id=tenant_id, vendor_id=vendor_id)
        session.add(account)
    elif account.deleted_at is not None:
        account.vendor_id, account.deleted_at = vendor_id, None
    session.flush()
    return account


def close_account(session: Session, actor: Actor, *, tenant_id: UUID) -> None:
    """The account was deleted at Stripe, and its methods with it."""
    actor.ensure(Permission.payments_charge)
    tenant = lock_row(session, Tenant, tenant_id)
    account = session.get_one(PaymentAccount, tenant_id)
    account.deleted_at = account.deleted_at or clock.now()
    for method in _kept(session, tenant_id):
        _remove(session, actor, tenant, method)


def sync_methods(
    session: Session,
    actor: Actor,
    *,
    tenant_id: UUID,
    found: Sequence[VendorMethod],
    default_vendor_id: str = "",
) -> None:
    """Mirror the methods as Stripe has them now; safe to repeat.

    The default is the one Stripe names, else the one that was, else the oldest. A failing method whose card was
    renewed works again.
    """
    actor.ensure(Permission.payments_charge)
    tenant = lock_row(session, Tenant, tenant_id)
    known = {each.vendor_id: each for each in _kept(session, tenant_id)}
    now_there = {each.id for each in found}
    for vendor_id, method in known.items():
        if vendor_id not in now_there:
            _remove(session, actor, tenant, method)
    for seen in found:
        if seen.id in known:
            _renew(known[seen.id], seen)
    added = [
        _new(tenant_id, each)
        for each in sorted(found, key=lambda each: each.created_at)
        if each.id not in known
    ]
    session.add_all(added)
    choose_default(session, tenant_id, default_vendor_id)
    for method in added:
        _record_added(session, actor, tenant, method)


def prefer_method(session: Session, actor: Actor, *, payment_method_id: UUID) -> PaymentMethod:
    """Charge this method first from now on; Conflict for one that is removed or fails."""
    method = get_scoped(session, actor, PaymentMethod, payment_method_id, Permission.payment_methods_write)
    tenant = lock_row(session, Tenant, method.tenant_id)
    session.refresh(method)
    if method.status != MethodStatus.usable:
        raise Conflict(
            "payment_method.not_usable",
            f"This method is {method.status} and cannot be charged. Choose another one or ask for a new one.",
        )
    if method.is_default:
        return method
    choose_default(session, method.tenant_id, method.vendor_id)
    record_event(
        session,
        actor,
        events.METHOD_PREFERRED,
        tenant_subject(tenant),
        after={
            "method": method_words(method.kind, method.brand, method.last4),
            "payment_method_id": str(method.id),
        },
    )
    return method


def change_collection(session: Session, actor: Actor, *, tenant_id: UUID, is_automatic: bool) -> None:
    """Whether invoices are charged as they are issued, or wait for the customer to pay."""
    tenant = lock_scoped(session, actor, Tenant, tenant_id, Permission.payment_methods_write)
    account = session.get(PaymentAccount, tenant_id)
    if account is None:
        raise Conflict(
            "payment_account.none",
            "This customer has no payment method yet, so every invoice waits for them to pay. Send a link first.",
        )
    if account.is_automatic == is_automatic:
        return
    account.is_automatic = is_automatic
    record_event(
        session,
        actor,
        events.COLLECTION_CHANGED,
        tenant_subject(tenant),
        before={"is_automatic": not is_automatic},
        after={"is_automatic": is_automatic},
    )


def choose_default(session: Session, tenant_id: UUID, preferred: str = "") -> None:
    """Make one usable method the default: the preferred one, else the one that is, else the oldest.

    The customer is locked by the caller.
    """
    methods = _kept(session, tenant_id)
    usable = [each for each in methods if each.status == MethodStatus.usable]
    ranked = sorted(usable, key=lambda each: (each.vendor_id != preferred, not each.is_default, each.id))
    for each in methods:
        each.is_default = False
    # The old default gives way first: two at once are refused by the database.
    session.flush()
    if ranked:
        ranked[0].is_default = True
    session.flush()


def _kept(session: Session, tenant_id: UUID) -> list[PaymentMethod]:
    statement = select(PaymentMethod).where(
        PaymentMethod.tenant_id == tenant_id, PaymentMethod.status != MethodStatus.removed
    )
    return list(session.exec(statement.order_by(PaymentMethod.id)))  # type: ignore[arg-type]


def _new(tenant_id: UUID, seen: VendorMethod) -> PaymentMethod:
    method = PaymentMethod(
        tenant_id=tenant_id, vendor_id=seen.id, kind=seen.kind, fingerprint=seen.fingerprint
    )
    _renew(method, seen)
    return method


def _record_added(session: Session, actor: Actor, tenant: Tenant, method: PaymentMethod) -> None:
    record_event(
        session,
        actor,
        events.METHOD_ADDED,
        tenant_subject(tenant),
        after={
            "method": method_words(method.kind, method.brand, method.last4),
            "kind": method.kind,
            "is_default": method.is_default,
        },
    )


def _renew(method: PaymentMethod, seen: VendorMethod) -> None:
    facts = (seen.brand, seen.last4, seen.expiry_month, seen.expiry_year)
    if facts == (method.brand, method.last4, method.expires_month, method.expires_year):
        return
    method.brand, method.last4, method.expires_month, method.expires_year = facts
    method.status, method.failure, method.failed_at = MethodStatus.usable, "", None
    method.updated_at = clock.now()


def _remove(session: Session, actor: Actor, tenant: Tenant, method: PaymentMethod) -> None:
    method.status, method.is_default = MethodStatus.removed, False
    method.removed_at = method.updated_at = clock.now()
    record_event(
        session,
        actor,
        events.METHOD_REMOVED,
        tenant_subject(tenant),
        after={"method": method_words(method.kind, method.brand, method.last4)},
    )
