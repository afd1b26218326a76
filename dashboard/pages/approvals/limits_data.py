"""What the page of limits shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from dashboard.shell.formats import relative_instant
from models.approvals import dry_run
from models.kernel.actor import Actor
from models.kernel.listing import show_instant
from models.kernel.money import Money, format_minor
from models.limits import (
    ACTIONS,
    ANY_CURRENCY,
    EffectiveLimit,
    LimitedAction,
    LimitVersionRow,
    list_limit_versions,
    list_limits,
)

# An amount for any currency is written with the decimals that most have.
TYPICAL = "EUR"
ANY = "Any other currency"


@dataclass(frozen=True)
class RuleView:
    """A rule that holds."""

    id: str
    action: str
    label: str
    currency: str
    currency_text: str
    amount: str
    plain: str
    hours: str
    waits: str
    source: str
    exact: str
    reason: str
    version: int


@dataclass(frozen=True)
class VersionView:
    """A version as somebody set it."""

    label: str
    currency: str
    amount: str
    waits: str
    by: str
    when: str
    exact: str
    reason: str


def load(session: Session, actor: Actor) -> tuple[list[RuleView], list[VersionView]]:
    """The rules that hold, and the newest versions."""
    rules = [_rule(each, actor) for each in list_limits(session, actor)]
    return rules, [_version(each, actor) for each in list_limit_versions(session, actor)]


def outlook(
    session: Session, actor: Actor, *, action: str, currency: str, amount: str, others: Sequence[str]
) -> str:
    """What this limit would have demanded in the last 90 days."""
    if not amount.strip():
        return "Without an amount the rule is withdrawn, and the next wider one holds."
    minor = Money.parse(amount, TYPICAL if currency == ANY_CURRENCY else currency).minor
    found = dry_run(
        session,
        actor,
        action=LimitedAction(action),
        currency=currency,
        limit_minor=minor,
        others=[each for each in others if each != ANY_CURRENCY],
    )
    if not found.total:
        return "There was none in the last 90 days."
    return f"Last 90 days: {found.above:,} of {found.total:,} would have needed approval."


def _rule(rule: EffectiveLimit, reader: Actor) -> RuleView:
    since = f", {relative_instant(rule.since)}" if rule.since else ""
    return RuleView(
        f"{rule.action.value}:{rule.currency}",
        rule.action.value,
        ACTIONS[rule.action].label,
        rule.currency,
        ANY if rule.currency == ANY_CURRENCY else rule.currency,
        _amount(rule.amount_minor, rule.currency, reader),
        str(Money(rule.amount_minor, TYPICAL if rule.currency == ANY_CURRENCY else rule.currency).decimal),
        str(rule.expires_hours),
        f"{rule.expires_hours} h",
        f"{rule.set_by}{since}" if rule.version else "Settings of the program",
        show_instant(rule.since, reader.locale, reader.time_zone) if rule.since else "",
        rule.reason,
        rule.version,
    )


def _version(row: LimitVersionRow, reader: Actor) -> VersionView:
    return VersionView(
        ACTIONS[LimitedAction(row.action)].label,
        ANY if row.currency == ANY_CURRENCY else row.currency,
        "Withdrawn" if row.amount_minor is None else _amount(row.amount_minor, row.currency, reader),
        f"{row.expires_hours} h" if row.expires_hours else "\u2014",
        row.set_by,
        relative_instant(row.created_at),
        show_instant(row.created_at, reader.locale, reader.time_zone),
        row.reason,
    )


def _amount(minor: int, currency: str, reader: Actor) -> str:
    if currency == ANY_CURRENCY:
        return format_minor(minor, TYPICAL, reader.locale)
    return Money(minor, currency).format(reader.locale)
