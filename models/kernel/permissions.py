"""Everything a person or key may be allowed to do, as `resource:action`, alphabetised."""

from enum import StrEnum
from typing import Self


class Permission(StrEnum):
    """One member per thing that can be granted; the sentence completes “may …”."""

    sentence: str

    def __new__(cls, value: str, sentence: str) -> Self:
        """A member that is its `resource:action`, with its sentence."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        return member

    approval_limits_write = "approval_limits:write", "change what one person may do alone"
    approvals_read = "approvals:read", "see requests for approval"
    audit_read = "audit:read", "read the audit log"
    balances_write = "balances:write", "adjust customers' balances"
    bank_lines_read = "bank_lines:read", "see money that came by bank transfer"
    bank_lines_write = "bank_lines:write", "upload bank statements and match their lines"
    billing_profiles_write = "billing_profiles:write", "change billing addresses, tax ids and terms"
    billing_runs_read = "billing_runs:read", "see billing runs"
    billing_runs_start = "billing_runs:start", "start billing runs and release what they parked"
    coupons_read = "coupons:read", "see coupons"
    coupons_write = "coupons:write", "make coupons and promotion codes"
    credit_notes_create = "credit_notes:create", "issue credit notes and record refunds"
    credit_notes_export = "credit_notes:export", "export lists of credit notes"
    credit_notes_read = "credit_notes:read", "see credit notes and balances"
    credits_approve = "credits:approve", "decide on credits that others ask for"
    customers_export = "customers:export", "export lists of customers"
    customers_read = "customers:read", "see customers"
    customers_write = "customers:write", "change customers, their contacts and tags"
    demo_clock_move = "demo_clock:move", "move a demonstration's clock"
    disputes_write = "disputes:write", "answer disputes of payments"
    dunning_act = "dunning:act", "pause, try, skip, move and end cases of dunning"
    dunning_read = "dunning:read", "see cases of dunning and campaigns"
    dunning_write = "dunning:write", "make and change campaigns"
    inbound_read = "inbound:read", "see what Stripe has sent us"
    inbound_retry = "inbound:retry", "work off again what Stripe has sent us"
    invoices_approve = "invoices:approve", "approve, hold and issue drafts"
    invoices_create = "invoices:create", "make invoices by hand and edit drafts"
    invoices_export = "invoices:export", "export lists of invoices"
    invoices_read = "invoices:read", "see invoices and their documents"
    invoices_void = "invoices:void", "void invoices"
    invoices_write_off = "invoices:write_off", "write invoices off"
    jobs_read = "jobs:read", "see background work"
    jobs_retry = "jobs:retry", "retry background work"
    mail_templates_write = "mail_templates:write", "change the texts of mails"
    notes_write = "notes:write", "write notes"
    notifications_export = "notifications:export", "export lists of messages to customers"
    notifications_read = "notifications:read", "see messages to customers"
    notifications_send = "notifications:send", "send messages to customers"
    overview_read = "overview:read", "see the overview"
    payment_methods_read = "payment_methods:read", "see payment methods"
    payment_methods_write = "payment_methods:write", "choose and remove payment methods"
    payments_charge = "payments:charge", "charge customers and send payment links"
    payments_read = "payments:read", "see payments"
    payments_record = "payments:record", "record payments made outside"
    payments_refund = "payments:refund", "give payments back"
    plans_read = "plans:read", "see plans and prices"
    plans_write = "plans:write", "make and change plans and prices"
    profile_write = "profile:write", "change their own profile, password and sessions"
    refunds_approve = "refunds:approve", "decide on refunds that others ask for"
    staff_read = "staff:read", "see staff and roles"
    staff_write = "staff:write", "create staff and grant roles"
    subscriptions_export = "subscriptions:export", "export lists of subscriptions"
    subscriptions_read = "subscriptions:read", "see subscriptions"
    subscriptions_write = "subscriptions:write", "start, change and end subscriptions"
    tax_rules_read = "tax_rules:read", "see tax rules"
    tax_rules_write = "tax_rules:write", "change tax rules"
    views_write = "views:write", "save views of lists"
    voids_approve = "voids:approve", "decide on voids that others ask for"
    write_offs_approve = "write_offs:approve", "decide on write-offs that others ask for"


class Scope(StrEnum):
    """How far a granted permission reaches."""

    own = "own"  # customers whose account manager the person is
    all = "all"
