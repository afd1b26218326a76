"""The forms of what can be done with cases: titles, fields, and how a form is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import reflex as rx

from dashboard.components.dialogs import reason_field, select_field, text_field
from dashboard.states.form_fields import as_id, day
from models.billing import WriteOffReason
from models.dunning import CaseAct
from models.kernel import clock
from models.kernel.columns import new_id
from models.kernel.errors import Invalid

NOBODY = "nobody"
WRITE_OFFS = [(each.value, each.value.replace("_", " ").capitalize()) for each in WriteOffReason]


@dataclass(frozen=True, slots=True)
class ActForm:
    """How an action is called and explained."""

    label: str
    icon: str
    effect: str
    undo: str
    is_dangerous: bool = False


FORMS: Mapping[CaseAct, ActForm] = {
    CaseAct.retry: ActForm(
        "Try now",
        "zap",
        "The default payment method is charged with all that is due. It uses none of the campaign's tries; "
        "should it fail, the campaign goes on as planned.",
        "Cannot be undone. A refund gives the money back.",
    ),
    CaseAct.pause: ActForm(
        "Pause",
        "pause",
        "Nothing happens until 8:00 of that day where the customer is. Then the steps go on, later by the pause.",
        "Can be undone with Resume.",
    ),
    CaseAct.resume: ActForm(
        "Resume", "play", "The steps go on; the time of the rest does not count.", "Can be undone with Pause."
    ),
    CaseAct.own: ActForm("Assign", "user-check", "Somebody looks after the cases.", "Can be undone."),
    CaseAct.grace: ActForm(
        "Grant grace",
        "hourglass",
        "Every step ahead, and the end, come later by so many days.",
        "Cannot be taken back; Skip step goes the other way.",
    ),
    CaseAct.skip: ActForm(
        "Skip step",
        "skip-forward",
        "The next step is passed over; the others keep their times.",
        "Cannot be undone.",
    ),
    CaseAct.write_off: ActForm(
        "Write off",
        "ban",
        "The money is no longer expected, and nothing is chased any more.",
        "Can be undone with Reopen on the invoice.",
        is_dangerous=True,
    ),
    CaseAct.stop: ActForm(
        "Stop",
        "octagon-x",
        "Nothing is chased any more; the invoice stays open.",
        "Cannot be undone.",
        is_dangerous=True,
    ),
    CaseAct.task_done: ActForm(
        "Task done",
        "check",
        "What a person was called for is done; the campaign goes on as planned.",
        "Cannot be undone.",
    ),
}


def read_act(act: CaseAct, form: Mapping[str, Any], request_key: str) -> dict[str, Any]:
    """The facts of the operation from the form's texts; raises Invalid for what cannot be read."""
    reason = str(form.get("reason", ""))
    match act:
        case CaseAct.retry:
            return {"request_key": request_key}
        case CaseAct.pause:
            return {"until": day(form, "until"), "reason": reason}
        case CaseAct.own:
            owner = str(form.get("owner", NOBODY))
            return {"owner_id": None if owner == NOBODY else as_id(owner)}
        case CaseAct.grace:
            return {"days": _number(form, "days"), "reason": reason}
        case CaseAct.write_off:
            return {"reason": str(form.get("why", "")), "note_text": reason}
        case _:
            return {"reason": reason}


def _number(form: Mapping[str, Any], name: str) -> int:
    try:
        return int(str(form.get(name, "")))
    except ValueError:
        raise Invalid("number.unreadable", "Give a whole number.", field=name) from None


def new_key() -> str:
    """One key a dialog: the same form sent twice is one charge."""
    return f"hand:{new_id().hex}"


def in_a_week() -> str:
    """A day to begin with."""
    return (clock.today() + timedelta(days=7)).isoformat()


def act_fields(state: Any) -> tuple[rx.Component, ...]:
    """The fields of the action that is open."""
    return (
        rx.cond(state.act == "pause", text_field("Until", "until", kind="date", default=state.first_day)),
        rx.cond(state.act == "grace", text_field("Days", "days", kind="number", default="7")),
        rx.cond(state.act == "write_off", select_field("Reason", "why", WRITE_OFFS, "attempts_exhausted")),
        rx.cond(state.act == "own", _owner(state)),
        rx.cond(
            state.act == "write_off",
            text_field("Note", "reason", required=False, placeholder="What will be asked about this later"),
        ),
        rx.cond(
            (state.act == "pause")
            | (state.act == "grace")
            | (state.act == "skip")
            | (state.act == "stop")
            | (state.act == "task_done"),
            reason_field("It stands on the timeline"),
        ),
    )


def _owner(state: Any) -> rx.Component:
    return rx.el.label(
        rx.text("Owner", size="2", weight="medium", as_="div"),
        rx.select.root(
            rx.select.trigger(width="100%", aria_label="Owner"),
            rx.select.content(
                rx.foreach(state.people, lambda each: rx.select.item(each.name, value=each.id)),
                position="popper",
            ),
            name="owner",
            default_value=NOBODY,
        ),
        width="100%",
    )
