"""Which status of a customer may follow which."""

from collections.abc import Mapping

from models.accounts.tables import TenantStatus
from models.kernel.errors import Conflict

TRANSITIONS: Mapping[TenantStatus, frozenset[TenantStatus]] = {
    TenantStatus.trial: frozenset({TenantStatus.active, TenantStatus.closed}),
    TenantStatus.active: frozenset({TenantStatus.suspended, TenantStatus.closed}),
    TenantStatus.suspended: frozenset({TenantStatus.active, TenantStatus.closed}),
    TenantStatus.closed: frozenset({TenantStatus.active}),
}


def ensure_may_become(current: TenantStatus, target: TenantStatus) -> None:
    """Refuse a change of status that the table does not hold."""
    if target not in TRANSITIONS[current]:
        ways = ", ".join(sorted(TRANSITIONS[current]))
        raise Conflict(
            "tenant.status_not_allowed",
            f"A customer who is {current} cannot become {target}. From here it can become: {ways}.",
            current=current,
            target=target,
        )
