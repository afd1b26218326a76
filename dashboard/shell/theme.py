"""The look: Radix theme, badge colours, and chart colours, the only hex values in the tree."""

from dataclasses import dataclass

import reflex as rx
from reflex_components_radix import themes


def theme() -> rx.Component:
    """Radix theme of the whole application."""
    return themes.theme(
        accent_color="indigo",
        gray_color="slate",
        radius="medium",
        panel_background="solid",
        scaling="100%",
        appearance="inherit",
        has_background=True,
    )


# The only meanings of colour; a word always carries the meaning too.
TONES = {
    "neutral": "gray",
    "info": "blue",
    "active": "indigo",
    "good": "jade",
    "attention": "amber",
    "bad": "red",
    "special": "violet",
}

# Status word of a list -> tone; a test compares this table with the enums.
BADGES: dict[str, dict[str, str]] = {
    "approvals": {
        "waiting": "special",
        "approved": "good",
        "rejected": "bad",
        "withdrawn": "neutral",
        "expired": "neutral",
    },
    "customers": {"trial": "info", "active": "good", "suspended": "attention", "closed": "neutral"},
    "subscriptions": {
        "scheduled": "info",
        "trial": "info",
        "active": "good",
        "paused": "attention",
        "unpaid": "bad",
        "cancelled": "neutral",
    },
    "credit_notes": {"issued": "info", "void": "neutral"},
    "invoices": {
        "draft": "neutral",
        "held": "attention",
        "stuck": "bad",
        "to_review": "attention",
        "open": "info",
        "paid": "good",
        "void": "neutral",
        "uncollectible": "neutral",
    },
    "coupons": {"on_sale": "good", "expired": "neutral", "used_up": "neutral", "archived": "neutral"},
    "plans": {"draft": "neutral", "on_sale": "good", "archived": "neutral"},
    "tax_rules": {"scheduled": "info", "valid": "good", "ended": "neutral"},
    "payments": {"succeeded": "good", "failed": "bad"},
    "charges": {
        "requested": "info",
        "sent": "active",
        "needs_action": "attention",
        "processing": "active",
        "succeeded": "good",
        "failed": "bad",
        "cancelled": "neutral",
        "unknown": "attention",
    },
    "refunds": {
        "requested": "info",
        "sent": "active",
        "pending": "active",
        "succeeded": "good",
        "failed": "bad",
    },
    "payment_methods": {
        "valid": "good",
        "expiring": "attention",
        "expired": "bad",
        "failing": "bad",
        "removed": "neutral",
    },
    "disputes": {
        "warning_needs_response": "attention",
        "warning_under_review": "active",
        "warning_closed": "neutral",
        "needs_response": "bad",
        "under_review": "active",
        "won": "good",
        "lost": "neutral",
        "prevented": "good",
    },
    "inbound": {
        "stored": "info",
        "done": "good",
        "ignored": "neutral",
        "retrying": "attention",
        "dead": "bad",
    },
    "bank_lines": {"open": "attention", "matched": "good", "ignored": "neutral"},
    "billing_runs": {
        "waiting": "info",
        "running": "active",
        "done": "good",
        "failed": "bad",
        "cancelled": "neutral",
    },
    "exports": {
        "waiting": "info",
        "running": "active",
        "ready": "good",
        "expired": "neutral",
        "failed": "bad",
    },
    "messages": {"queued": "info", "sent": "good", "kept": "attention", "failed": "bad", "bounced": "bad"},
    "jobs": {"running": "active", "done": "good", "failed": "bad", "retrying": "attention"},
    "deliveries": {"waiting": "info", "retrying": "attention", "done": "good", "parked": "bad"},
    "dunning_cases": {
        "running": "active",
        "paused": "attention",
        "promised": "info",
        "waiting_action": "attention",
        "recovered": "good",
        "ended": "bad",
        "stopped": "neutral",
    },
    "audit": {},
}


def tone(listing: str, status: str) -> str:
    """The Radix colour of a status badge; an unknown word is neutral."""
    return TONES[BADGES.get(listing, {}).get(status, "neutral")]


@dataclass(frozen=True, slots=True)
class ChartColours:
    """Plotly takes no CSS variables: these are the Radix steps for one colour mode."""

    text: str
    grid: str
    series: tuple[str, ...]


LIGHT = ChartColours(
    text="#60646c",
    grid="#e8e8ec",
    series=("#3e63dd", "#26997b", "#ef5f00", "#ab4aba", "#80838d", "#0d9b8a"),
)
DARK = ChartColours(
    text="#b0b4ba",
    grid="#2e3135",
    series=("#3e63dd", "#27b08b", "#ff801f", "#ab4aba", "#777b84", "#0eb39e"),
)
