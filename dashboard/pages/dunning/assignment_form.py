"""Whom a campaign is for, as a form: the default, plans, tags, customers, and from which amount on."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlmodel import Session

from models.dunning import Assignment, TargetKind, find_customer_ids
from models.kernel.actor import Actor
from models.kernel.errors import Invalid
from models.kernel.money import Money

WORDS = {TargetKind.plan: "Plan", TargetKind.segment: "Tag", TargetKind.customer: "Customer"}


def show_assignments(found: Sequence[Assignment]) -> tuple[list[str], dict[str, str]]:
    """The assignments in words, and as the fields of the form."""
    words = [_words(each) for each in found]
    fields = {
        kind.value: ", ".join(each.target for each in found if each.kind == kind)
        for kind in (TargetKind.plan, TargetKind.segment, TargetKind.customer)
    }
    priced = next((each for each in found if each.currency), None)
    return words or ["Nobody: it takes no new case."], {
        **fields,
        "default": "on" if any(each.kind == TargetKind.default for each in found) else "",
        "currency": priced.currency if priced else "",
        "least": str(Money(priced.min_minor, priced.currency).decimal) if priced and priced.min_minor else "",
    }


def _words(each: Assignment) -> str:
    whom = "Default" if each.kind == TargetKind.default else f"{WORDS[TargetKind(each.kind)]} {each.target}"
    if not each.currency:
        return whom
    least = f" from {Money(each.min_minor, each.currency).format()} on" if each.min_minor else ""
    return f"{whom}, in {each.currency}{least}"


def read_assignments(
    session: Session, actor: Actor, campaign_id: UUID, form: Mapping[str, str]
) -> list[Assignment]:
    """The assignments of the form; raises Invalid for a customer that is not there."""
    currency = str(form.get("currency", "")).strip().upper()
    least = str(form.get("least", "")).strip()
    if least and not currency:
        raise Invalid("assignment.currency", "A least amount needs its currency, e.g. USD.", field="currency")
    minor = Money.parse(least, currency).minor if least else 0
    found = [
        Assignment(campaign_id, kind, target, currency, minor)
        for kind in (TargetKind.plan, TargetKind.segment)
        for target in _split(form, kind)
    ]
    customers = find_customer_ids(session, actor, _split(form, TargetKind.customer))
    found += [Assignment(campaign_id, TargetKind.customer, each, currency, minor) for each in customers]
    if form.get("default"):
        found.append(Assignment(campaign_id, TargetKind.default))
    return found


def _split(form: Mapping[str, str], kind: TargetKind) -> list[str]:
    return [word.strip() for word in str(form.get(kind.value, "")).split(",") if word.strip()]
