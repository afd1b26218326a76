"""How each figure is defined and what it leaves out, in the words a screen shows beside it."""

from collections.abc import Mapping

DEFINITIONS: Mapping[str, str] = {
    "customers": "Every customer on record in this currency, whatever its status; closed ones are included.",
    "active_subscriptions": (
        "Subscriptions whose status is active. Scheduled, trial, paused and cancelled ones are left out."
    ),
    "cancelled_subscriptions": "Subscriptions that were cancelled, at any time.",
    "invoices": "Invoices issued, whatever became of them; void ones are included, drafts are left out.",
    "open_invoices": "Issued invoices that still wait for money, due or not. Drafts are left out.",
    "billed_minor": "The totals of all issued invoices, with tax. Drafts and void invoices are left out.",
    "mrr_minor": (
        "Monthly recurring revenue: what all active subscriptions are worth a month at their price, "
        "without tax. Scheduled, trial, paused and cancelled subscriptions and one-off charges are left out."
    ),
    "arr_minor": "Annual recurring revenue: monthly recurring revenue times twelve.",
    "billed_by_month": (
        "The totals of invoices by the month they were issued in, with tax; the current month so far. "
        "Drafts and void invoices are left out."
    ),
    "collected_by_month": (
        "Payments that succeeded by the month they were received in, whichever month they pay for; "
        "the current month so far. Failed payments are left out."
    ),
    "mrr_by_month": (
        "Monthly worth of the subscriptions that ran at the end of each month, for the current month today, "
        "at the price they have now; a price change shows in all months. "
        "Subscriptions now scheduled, on trial or paused are left out."
    ),
    "subscription_movements_by_month": (
        "Subscriptions by the month they started in and by the month they were cancelled in, each with "
        "its monthly worth; the current month so far. "
        "Subscriptions now scheduled, on trial or paused are left out."
    ),
    "open_minor": "What is still to be paid on open invoices, due or not; part payments are taken off.",
    "overdue_minor": "The part of the open amount whose due date has passed; due today is not overdue.",
    "aging": "The open amount by days since the due date, in UTC; 0 is what is not overdue yet.",
}
