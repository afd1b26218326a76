"""Tax rules: entering, correcting and ending them, and loading a starter set."""

import csv
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlmodel import Session, col, or_, select

from models.billing import events
from models.billing.operations.reasons import ensure_reason
from models.billing.rules.reading import (
    percent_words,
    read_name,
    read_percent,
    read_tax_code,
    read_tax_country,
    read_text,
)
from models.billing.tables import TaxRule
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import Conflict, Invalid
from models.kernel.events import Subject, record_event
from models.kernel.locking import lock_name, lock_row
from models.kernel.permissions import Permission

EU_RATES = Path(__file__).resolve().parents[1].joinpath("rules", "eu_vat_rates.csv")
MAX_REGION = 60


def create_tax_rule(  # noqa: PLR0913 -- one argument per field of the form
    session: Session,
    actor: Actor,
    *,
    country: str,
    name: str,
    rate: str,
    valid_from_on: date,
    valid_until_on: date | None = None,
    region: str = "",
    tax_code: str = "*",
    note: str = "",
) -> TaxRule:
    """Enter a rate (a percentage as typed) of a country or region, from a day on, until another or for good.

    Refused where a rule of the same place, kind of product and name is valid on one of its days.
    """
    actor.ensure(Permission.tax_rules_write)
    rule = TaxRule(
        country=read_tax_country(country),
        region=read_text(region, field="region", longest=MAX_REGION),
        tax_code=read_tax_code(tax_code),
        name=read_name(name),
        rate_ppm=read_percent(rate, field="rate"),
        valid_from_on=valid_from_on,
        valid_until_on=_after(valid_from_on, valid_until_on),
        note=read_text(note, field="note"),
    )
    lock_name(session, f"tax_rules:{rule.country}")
    overlapping = _overlapping(session, rule, rule.valid_until_on)
    if overlapping is not None:
        raise Conflict(
            "tax_rule.overlaps",
            f"{overlapping.name} of {percent_words(overlapping.rate_ppm)} is valid {_span(overlapping)} there already. "
            "End that rule first, or choose days on which it is not valid.",
            field="valid_from_on",
        )
    _add(session, actor, rule)
    return rule


def correct_tax_rule(
    session: Session, actor: Actor, *, tax_rule_id: UUID, rate: str, note: str, reason: str
) -> TaxRule:
    """Put right a rate that was entered wrongly; invoices keep what they were issued with.

    A rate that changes by law is another rule: end this one and enter the new one.
    """
    rule = _lock(session, actor, tax_rule_id)
    words = ensure_reason(reason)
    before = {"rate": percent_words(rule.rate_ppm), "note": rule.note}
    rule.rate_ppm = read_percent(rate, field="rate")
    rule.note = read_text(note, field="note")
    rule.updated_at = clock.now()
    after = {"rate": percent_words(rule.rate_ppm), "note": rule.note}
    if before != after:
        record_event(
            session,
            actor,
            events.TAX_RULE_CORRECTED,
            tax_subject(rule),
            reason=words,
            before=before,
            after=after,
        )
    return rule


def end_tax_rule(
    session: Session, actor: Actor, *, tax_rule_id: UUID, valid_until_on: date, reason: str
) -> TaxRule:
    """Let a rule hold no more from a day on; it may be moved, but not to where another one begins."""
    rule = _lock(session, actor, tax_rule_id)
    words = ensure_reason(reason)
    until = _after(rule.valid_from_on, valid_until_on)
    following = _overlapping(session, rule, until)
    if following is not None:
        raise Conflict(
            "tax_rule.followed",
            f"{following.name} of {percent_words(following.rate_ppm)} is valid {_span(following)}. "
            "End this rule by then.",
            field="valid_until_on",
        )
    before, rule.valid_until_on = rule.valid_until_on, until
    rule.updated_at = clock.now()
    record_event(
        session,
        actor,
        events.TAX_RULE_ENDED,
        tax_subject(rule),
        reason=words,
        before={"valid_until_on": before.isoformat() if before else None},
        after={"valid_until_on": valid_until_on.isoformat()},
    )
    return rule


def load_eu_rates(session: Session, actor: Actor) -> int:
    """Enter the standard VAT rates of the 27 member states where no rule of that name is valid; how many.

    The file states its source; whoever loads it checks it and corrects what has changed since.
    """
    actor.ensure(Permission.tax_rules_write)
    with EU_RATES.open(encoding="utf-8", newline="") as file:
        entries = list(csv.DictReader(file))
    added = 0
    for entry in sorted(entries, key=lambda each: each["country"]):
        lock_name(session, f"tax_rules:{entry['country']}")
        rule = TaxRule(
            country=entry["country"],
            name=entry["name"],
            rate_ppm=read_percent(entry["rate"], field="rate"),
            valid_from_on=date.fromisoformat(entry["valid_from_on"]),
            note=entry["note"],
        )
        if _overlapping(session, rule, None) is None:
            _add(session, actor, rule)
            added += 1
    after = {"source": "European Commission, VAT rates", "added": added, "skipped": len(entries) - added}
    subject = Subject("tax_rules", new_id(), "Standard VAT rates of the EU")
    record_event(session, actor, events.TAX_RULES_LOADED, subject, after=after)
    return added


def tax_subject(rule: TaxRule) -> Subject:
    """The rule as the subject of an event."""
    place = f"{rule.country} {rule.region}".strip()
    return Subject("tax_rule", rule.id, f"{place}: {rule.name} {percent_words(rule.rate_ppm)}")


def _add(session: Session, actor: Actor, rule: TaxRule) -> None:
    session.add(rule)
    session.flush()
    record_event(
        session,
        actor,
        events.TAX_RULE_CREATED,
        tax_subject(rule),
        after={
            "country": rule.country,
            "region": rule.region,
            "tax_code": rule.tax_code,
            "name": rule.name,
            "rate": percent_words(rule.rate_ppm),
            "valid_from_on": rule.valid_from_on.isoformat(),
            "valid_until_on": rule.valid_until_on.isoformat() if rule.valid_until_on else None,
            "note": rule.note,
        },
    )


def _lock(session: Session, actor: Actor, tax_rule_id: UUID) -> TaxRule:
    """The rule, with all others of its country waiting, so that none comes to overlap it meanwhile."""
    actor.ensure(Permission.tax_rules_write)
    rule = lock_row(session, TaxRule, tax_rule_id)
    lock_name(session, f"tax_rules:{rule.country}")
    return rule


def _overlapping(session: Session, rule: TaxRule, until: date | None) -> TaxRule | None:
    statement = select(TaxRule).where(
        TaxRule.id != rule.id,
        TaxRule.country == rule.country,
        TaxRule.region == rule.region,
        TaxRule.tax_code == rule.tax_code,
        TaxRule.name == rule.name,
        or_(col(TaxRule.valid_until_on).is_(None), col(TaxRule.valid_until_on) > rule.valid_from_on),
    )
    if until is not None:
        statement = statement.where(col(TaxRule.valid_from_on) < until)
    return session.exec(statement.order_by(col(TaxRule.valid_from_on))).first()


def _after(start: date, until: date | None) -> date | None:
    if until is not None and until <= start:
        raise Invalid(
            "tax_rule.empty_validity",
            f"The first day without the rule comes after {start}, its first day. Choose a later one.",
            field="valid_until_on",
        )
    return until


def _span(rule: TaxRule) -> str:
    return f"from {rule.valid_from_on}" + (f" until {rule.valid_until_on}" if rule.valid_until_on else " on")
