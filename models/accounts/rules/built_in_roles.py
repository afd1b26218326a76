"""The roles every installation has, and what they carry; the database follows this table."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.kernel.permissions import Permission, Scope


@dataclass(frozen=True, slots=True)
class RoleSpec:
    """A role's name for people and its grants."""

    name: str
    grants: Mapping[Permission, Scope]


EVERYBODY = (Permission.overview_read, Permission.profile_write, Permission.views_write)
READING = (
    Permission.customers_read,
    Permission.invoices_read,
    Permission.payments_read,
    Permission.subscriptions_read,
)
EXPORTING = (Permission.customers_export, Permission.invoices_export, Permission.subscriptions_export)


def _all(*permissions: Permission) -> Mapping[Permission, Scope]:
    return dict.fromkeys(sorted({*EVERYBODY, *permissions}), Scope.all)


BUILT_IN_ROLES: Mapping[str, RoleSpec] = {
    "account_manager": RoleSpec(
        "Account manager", _all(*READING, *EXPORTING, Permission.customers_write, Permission.notes_write)
    ),
    "admin": RoleSpec("Administrator", dict.fromkeys(Permission, Scope.all)),
    "compliance": RoleSpec(
        "Compliance officer",
        _all(*READING, Permission.audit_read, Permission.notes_write, Permission.staff_read),
    ),
    "finance": RoleSpec(
        "Finance",
        _all(
            *READING,
            *EXPORTING,
            Permission.audit_read,
            Permission.invoices_void,
            Permission.notes_write,
            Permission.payments_record,
        ),
    ),
    "support": RoleSpec("Support", _all(*READING, Permission.notes_write)),
    "viewer": RoleSpec("Viewer", _all(*READING)),
}
