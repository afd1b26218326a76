"""Tables of the accounts context."""

from models.accounts.tables.bulk_change import (
    BulkAction,
    BulkChange,
    BulkChangeRow,
    BulkOutcome,
    BulkStatus,
)
from models.accounts.tables.note import Note
from models.accounts.tables.role import Role, RoleGrant, StaffRole
from models.accounts.tables.saved_view import SavedView, ViewScope
from models.accounts.tables.staff import StaffSession, StaffUser
from models.accounts.tables.tenant import Contact, Tenant, TenantStatus

__all__ = [
    "BulkAction",
    "BulkChange",
    "BulkChangeRow",
    "BulkOutcome",
    "BulkStatus",
    "Contact",
    "Note",
    "Role",
    "RoleGrant",
    "SavedView",
    "StaffRole",
    "StaffSession",
    "StaffUser",
    "Tenant",
    "TenantStatus",
    "ViewScope",
]
