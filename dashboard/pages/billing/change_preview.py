"""What a change would do, in the reader's words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from dashboard.components.preview import BillView, PreviewView, TotalView
from dashboard.components.views import Change
from dashboard.pages.billing.engine_words import line_view, money, offer_name, planned_notes, waiting_view
from dashboard.shell.formats import period_text
from models.billing import (
    ChangePreview,
    InvoicePlan,
    SchedulePreview,
    Snapshot,
    StartPreview,
    counted_mrr,
)
from models.kernel.actor import Actor
from models.kernel.listing import show_date, show_instant

HOLDS = timedelta(minutes=10)
VERBS = {
    "change_plan": "Change plan",
    "change_version": "Move to this version",
    "change_quantity": "Change quantity",
    "add_add_on": "Add add-on",
    "remove_add_on": "Remove add-on",
    "extend_trial": "Extend trial",
    "end_trial": "End trial",
    "pause": "Pause subscription",
    "resume": "Resume subscription",
    "reactivate": "Reactivate subscription",
    "cancel": "Cancel subscription",
}
_BACK = "Can be reversed by changing back: at the same instant both cancel out, later the time in between is billed."
UNDO = {
    "extend_trial": "Cannot be shortened again; the trial can be ended.",
    "end_trial": "Cannot be undone: the first period begins.",
    "pause": "Can be resumed at any time.",
    "resume": "Can be paused again; what was billed stays billed.",
    "reactivate": "Can be cancelled again; what was billed stays billed.",
    "cancel": "Can be reactivated. Where nothing is left that was paid for, a new period begins then.",
}


def show_change(found: ChangePreview, action: str, reader: Actor) -> PreviewView:
    """The preview of a change that is made now."""
    outcome, currency = found.outcome, found.outcome.before.currency
    due = money(found.due_minor, currency, reader)
    left = outcome.before.balance_minor - found.balance_used_minor + found.given_back_minor
    following = following_bill(found.following, left, reader)
    changes = differences(outcome.before, outcome.after, reader)
    has_effect = bool(changes or outcome.invoice or outcome.waiting)
    verb = VERBS[action] if has_effect else ""
    then = _resumes(outcome.planned, reader) + _then(found.following, left, reader)
    return PreviewView(
        sentence=f"{_now(found, reader)}{then}" if has_effect else "Nothing would change.",
        verb=f"{verb} and charge {due}" if found.due_minor else verb,
        done=f"Done: {verb.lower()}." + (f" Charged {due}." if found.due_minor else ""),
        undo=UNDO.get(action, _BACK),
        holds=f"These amounts hold until {_until(found, reader)}.",
        changes=changes,
        notes=planned_notes(outcome.before, outcome.dropped, outcome.moved, reader),
        now=_now_bill(found, reader),
        following=following,
    )


def show_schedule(found: SchedulePreview, reader: Actor) -> PreviewView:
    """The preview of a change that is planned."""
    outcome, day = found.step.outcome, show_date(found.due_on, reader.locale)
    used = found.step.balance_used_minor
    left = outcome.before.balance_minor - used + max(0, -_total(outcome.invoice))
    return PreviewView(
        sentence=f"Nothing is due now. On {day}: {_on_the_day(outcome.invoice, used, reader)}"
        f"{_resumes(outcome.planned, reader)}{_then(found.following, left, reader)}",
        verb=f"Plan for {day}",
        done=f"Planned for {day}.",
        undo=f"Can be undone until {day}: cancel the change on the Schedule tab.",
        holds="The invoice is computed from what is known today; a run bills what holds on the day.",
        changes=differences(outcome.before, outcome.after, reader),
        notes=planned_notes(outcome.before, outcome.dropped, outcome.moved, reader),
        now=bill_of(outcome.invoice, used, f"Invoice of {day}", reader),
        following=following_bill(found.following, left, reader),
    )


def show_start(found: StartPreview, reader: Actor) -> PreviewView:
    """The first two invoices of a new subscription."""
    s, plan = found.outcome.after, found.outcome.invoice
    balance = found.outcome.before.balance_minor
    used = min(balance, max(0, _total(plan)))
    due = max(0, _total(plan)) - used
    following = found.following.invoice if found.following else None
    begins = show_date(s.period.start_on, reader.locale)
    now = f"Charges {money(due, s.currency, reader)} now" if due else "Nothing is due now"
    notes = [f"The trial runs to {show_date(s.trial_until_on, reader.locale)}."] if s.trial_until_on else []
    if found.catches_up:
        notes.append("Further periods have passed since; a run bills them next, one invoice each.")
    notes.append(f"MRR {money(found.mrr_minor, s.currency, reader)}, counted while it is active.")
    return PreviewView(
        sentence=f"{now}{_then(following, balance - used, reader)}",
        verb=f"Start and charge {money(due, s.currency, reader)}" if due else f"Start on {begins}",
        undo="Cannot be undone. It can be cancelled at any time, with or without credit for unused time.",
        notes=notes,
        now=bill_of(plan, used, f"First invoice, {begins}", reader),
        following=following_bill(following, balance - used, reader),
    )


def figures(shown: PreviewView) -> list[tuple[str, str]]:
    """The figures that a person decides by, to compare with an earlier preview."""
    return [
        ("Effect", shown.sentence),
        *((f"{shown.now.title}: {each.label}", each.amount) for each in shown.now.totals),
        *((each.field, each.after) for each in shown.changes),
    ]


def was_now(before: PreviewView, after: PreviewView) -> list[Change]:
    """Every figure that is another one now."""
    old, new = dict(figures(before)), dict(figures(after))
    keys = [*old, *(key for key in new if key not in old)]
    return [
        Change(key, old.get(key, "\u2014"), new.get(key, "\u2014"))
        for key in keys
        if old.get(key) != new.get(key)
    ]


def _now(found: ChangePreview, reader: Actor) -> str:
    currency = found.outcome.before.currency
    if found.due_minor:
        return f"Charges {money(found.due_minor, currency, reader)} now"
    if found.given_back_minor:
        return f"Gives {money(found.given_back_minor, currency, reader)} to the customer's balance now"
    if found.balance_used_minor:
        return f"The customer's balance pays {money(found.balance_used_minor, currency, reader)} now"
    waiting = sum(each.amount_minor for each in found.waiting)
    if waiting:
        return f"Nothing is due now; {money(waiting, currency, reader)} goes on the next invoice"
    return "Nothing is due now"


def _then(following: InvoicePlan | None, balance: int, reader: Actor) -> str:
    if following is None:
        return ". Nothing is planned to be billed after that."
    due = following.total_minor - min(balance, max(0, following.total_minor))
    day = show_date(following.issued_on, reader.locale)
    return f", then {money(max(0, due), following.currency, reader)} on {day}."


def _on_the_day(plan: InvoicePlan | None, used: int, reader: Actor) -> str:
    if plan is None:
        return "nothing is billed"
    if plan.total_minor < 0:
        return f"{money(-plan.total_minor, plan.currency, reader)} goes to the customer's balance"
    return f"{money(plan.total_minor - used, plan.currency, reader)} is billed"


def _total(plan: InvoicePlan | None) -> int:
    return plan.total_minor if plan else 0


def _now_bill(found: ChangePreview, reader: Actor) -> BillView:
    if found.outcome.invoice is not None:
        return bill_of(found.outcome.invoice, found.balance_used_minor, "Invoice now", reader)
    if not found.waiting:
        return BillView("")
    currency = found.outcome.before.currency
    return BillView(
        "Goes on the next invoice",
        money(sum(each.amount_minor for each in found.waiting), currency, reader),
        "Without tax, which is added there.",
        [waiting_view(each, currency, reader) for each in found.waiting],
    )


def following_bill(plan: InvoicePlan | None, balance: int, reader: Actor) -> BillView:
    """The invoice after this one, after what the balance pays of it."""
    if plan is None:
        return BillView("")
    used = min(balance, max(0, plan.total_minor))
    return bill_of(plan, used, f"Next invoice, {show_date(plan.issued_on, reader.locale)}", reader)


def bill_of(plan: InvoicePlan | None, used: int, title: str, reader: Actor) -> BillView:
    """A planned invoice with its lines, tax, and what is due."""
    if plan is None:
        return BillView("")
    currency = plan.currency
    rows: Sequence[tuple[str, int, bool]] = [
        ("Subtotal", plan.subtotal_minor, False),
        ("Tax", plan.tax_minor, False),
        ("Total", plan.total_minor, False),
        *([("From the balance", -used, False)] if used else []),
        *([("To the balance", -plan.total_minor, False)] if plan.total_minor < 0 else []),
        ("Due", max(0, plan.total_minor) - used, True),
    ]
    return BillView(
        title,
        money(plan.total_minor, currency, reader),
        plan.tax_note,
        [line_view(each, currency, reader) for each in plan.lines],
        [TotalView(label, money(minor, currency, reader), is_main) for label, minor, is_main in rows],
    )


def differences(before: Snapshot, after: Snapshot, reader: Actor) -> list[Change]:
    """What is different afterwards, and what it means for MRR and a year."""
    old, new = _facts(before, reader), _facts(after, reader)
    found = [Change(key, old[key], new[key]) for key in old if old[key] != new[key]]
    more = 12 * (counted_mrr(after) - counted_mrr(before))
    if not more:
        return found
    year = f"{'+' if more > 0 else ''}{money(more, before.currency, reader)} a year"
    return [replace(each, after=f"{each.after} ({year})") if each.field == "MRR" else each for each in found]


def _facts(s: Snapshot, reader: Actor) -> dict[str, str]:
    base = s.base.offer
    add_ons = ", ".join(f"{each.offer.plan_name} × {each.quantity}" for each in s.components[1:])
    return {
        "Status": s.status.capitalize(),
        "Plan": offer_name(base),
        "Quantity": str(s.base.quantity),
        "Add-ons": add_ons or "none",
        "Period": period_text(s.period.start_on, s.period.until_on, reader.locale),
        "MRR": money(counted_mrr(s), s.currency, reader),
    }


def _resumes(planned: Sequence[tuple[date, object]], reader: Actor) -> str:
    """How a pause that ends by itself goes on."""
    if not planned:
        return ""
    return f". It resumes by itself on {show_date(planned[0][0], reader.locale)}"


def _until(found: ChangePreview, reader: Actor) -> str:
    return show_instant(found.at + HOLDS, reader.locale, reader.time_zone)
