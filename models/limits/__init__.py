"""What one person may do alone: amounts above which an action needs the yes of a second one."""

from models.limits.errors import ApprovalNeeded
from models.limits.operations import change_limit
from models.limits.queries import (
    EffectiveLimit,
    LimitVersionRow,
    effective_limits,
    ensure_alone,
    limit_on,
    list_limit_versions,
    list_limits,
)
from models.limits.rules import ACTIONS, ANY_CURRENCY, LimitedAction, limit_of, read_limits
from models.limits.tables import ApprovalLimit

__all__ = [
    "ACTIONS",
    "ANY_CURRENCY",
    "ApprovalLimit",
    "ApprovalNeeded",
    "EffectiveLimit",
    "LimitVersionRow",
    "LimitedAction",
    "change_limit",
    "effective_limits",
    "ensure_alone",
    "limit_of",
    "limit_on",
    "list_limit_versions",
    "list_limits",
    "read_limits",
]
