"""The navigation as data: what there is, and which permission opens it."""

from dataclasses import dataclass

from models.kernel.actor import Actor
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """One page in the navigation, with its `g` shortcut."""

    label: str
    href: str
    icon: str
    permission: Permission
    shortcut: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under a heading; the first group has none."""

    label: str
    entries: tuple[Entry, ...]


# Where requests wait; the entry carries how many wait for the reader.
APPROVALS = "/approvals"

NAVIGATION: tuple[Group, ...] = (
    Group(
        "",
        (
            Entry("Overview", "/", "layout-dashboard", Permission.overview_read, "g o"),
            Entry("Approvals", APPROVALS, "stamp", Permission.approvals_read, "g a"),
            Entry("Customers", "/customers", "building-2", Permission.customers_read, "g c"),
        ),
    ),
    Group(
        "Billing",
        (
            Entry("Subscriptions", "/billing/subscriptions", "repeat", Permission.subscriptions_read, "g s"),
            Entry("Invoices", "/billing/invoices", "receipt-text", Permission.invoices_read, "g i"),
            Entry(
                "Review", "/billing/invoices/review", "clipboard-check", Permission.invoices_approve, "g r"
            ),
            Entry("Credit notes", "/billing/credit-notes", "undo-2", Permission.credit_notes_read, "g n"),
            Entry("Payments", "/billing/payments", "banknote", Permission.payments_read, "g p"),
            Entry("Charges", "/billing/charges", "zap", Permission.payments_read),
            Entry("Bank transfers", "/billing/bank", "landmark", Permission.bank_lines_read),
            Entry("Refunds", "/billing/refunds", "rotate-ccw", Permission.payments_read),
            Entry("Disputes", "/billing/disputes", "scale", Permission.payments_read),
            Entry(
                "Payment methods", "/billing/payment-methods", "credit-card", Permission.payment_methods_read
            ),
            Entry("Dunning", "/billing/dunning", "siren", Permission.dunning_read, "g d"),
            Entry("Plans", "/billing/plans", "package", Permission.plans_read),
            Entry("Coupons", "/billing/coupons", "ticket-percent", Permission.coupons_read),
            Entry("Taxes", "/billing/taxes", "percent", Permission.tax_rules_read),
            Entry("Runs", "/billing/runs", "list-checks", Permission.billing_runs_read, "g b"),
        ),
    ),
    Group("Records", (Entry("Exports", "/exports", "download", Permission.profile_write, "g e"),)),
    Group("Compliance", (Entry("Audit", "/audit", "scroll-text", Permission.audit_read, "g l"),)),
    Group(
        "Operations",
        (
            Entry("Notifications", "/ops/notifications", "mail", Permission.notifications_read, "g m"),
            Entry("Jobs", "/ops/jobs", "cog", Permission.jobs_read, "g j"),
            Entry("Inbox of webhooks", "/ops/inbound", "inbox", Permission.inbound_read),
            Entry("Demo clock", "/ops/clock", "clock", Permission.demo_clock_move),
        ),
    ),
    Group(
        "Settings",
        (
            Entry("Approval limits", "/settings/approvals", "gauge", Permission.approvals_read),
            Entry("Mail templates", "/settings/mail", "mail-open", Permission.notifications_read),
        ),
    ),
)


def visible(actor: Actor) -> list[Group]:
    """The groups and entries this actor may open; empty groups are left out."""
    groups = [
        Group(group.label, tuple(entry for entry in group.entries if actor.may(entry.permission)))
        for group in NAVIGATION
    ]
    return [group for group in groups if group.entries]
