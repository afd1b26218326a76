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
    Permission.billing_runs_read,
    Permission.coupons_read,
    Permission.credit_notes_read,
    Permission.customers_read,
    Permission.dunning_read,
    Permission.invoices_read,
    Permission.notifications_read,
    Permission.payment_methods_read,
    Permission.payments_read,
    Permission.plans_read,
    Permission.subscriptions_read,
    Permission.tax_rules_read,
)
EXPORTING = (
    Permission.credit_notes_export,
    Permission.customers_export,
    Permission.invoices_export,
    Permission.subscriptions_export,
)
# Nobody decides on what they asked for themselves.
APPROVING = (
    Permission.approvals_read,
    Permission.credits_approve,
    Permission.refunds_approve,
    Permission.voids_approve,
    Permission.write_offs_approve,
)


def _all(*permissions: Permission) -> Mapping[Permission, Scope]:
    return dict.fromkeys(sorted({*EVERYBODY, *permissions}), Scope.all)


BUILT_IN_ROLES: Mapping[str, RoleSpec] = {
    "account_manager": RoleSpec(
        "Account manager",
        _all(
            *READING,
            *EXPORTING,
            Permission.billing_profiles_write,
            Permission.customers_write,
            Permission.dunning_act,
            Permission.invoices_create,
            Permission.notes_write,
            Permission.notifications_send,
            Permission.subscriptions_write,
        ),
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
            *APPROVING,
            Permission.audit_read,
            Permission.balances_write,
            Permission.bank_lines_read,
            Permission.bank_lines_write,
            Permission.billing_profiles_write,
            Permission.billing_runs_start,
            Permission.coupons_write,
            Permission.credit_notes_create,
            Permission.demo_clock_move,
            Permission.disputes_write,
            Permission.dunning_act,
            Permission.dunning_write,
            Permission.inbound_read,
            Permission.inbound_retry,
            Permission.invoices_approve,
            Permission.invoices_create,
            Permission.invoices_void,
            Permission.invoices_write_off,
            Permission.mail_templates_write,
            Permission.notes_write,
            Permission.notifications_export,
            Permission.notifications_send,
            Permission.payment_methods_write,
            Permission.payments_charge,
            Permission.payments_record,
            Permission.payments_refund,
            Permission.plans_write,
            Permission.subscriptions_write,
            Permission.tax_rules_write,
        ),
    ),
    "support": RoleSpec("Support", _all(*READING, Permission.notes_write, Permission.notifications_send)),
    "viewer": RoleSpec("Viewer", _all(*READING)),
}
