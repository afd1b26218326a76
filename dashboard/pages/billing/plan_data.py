"""What a plan's page shows, from one read."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlmodel import Session

from dashboard.components.views import Fact
from dashboard.shell.formats import relative_instant
from dashboard.shell.theme import tone
from models.billing import (
    PLANS,
    PlanDetail,
    PlanStatus,
    PriceRow,
    VersionRow,
    amount_words,
    get_plan,
    list_planned_customers,
    offer_differences,
    why_not_add_price,
    why_not_archive,
    why_not_edit_plan,
)
from models.compliance import TimelineEvent, list_timeline
from models.kernel.actor import Actor
from models.kernel.money import Money

DIFFERENCE_TONES = {"added": "jade", "removed": "red", "changed": "amber", "same": "gray"}


@dataclass(frozen=True)
class PriceView:
    """A price in the grid."""

    id: str
    words: str
    model: str
    detail: str
    tax: str
    uses: str
    is_archived: bool
    can_change: bool


@dataclass(frozen=True)
class VersionView:
    """A version in the list of versions."""

    id: str
    label: str
    href: str
    badge: str
    tone: str
    trial: str
    created: str
    is_current: bool


@dataclass(frozen=True)
class DifferenceView:
    """One offer in two versions."""

    before: str
    after: str
    word: str
    tone: str


@dataclass(frozen=True, slots=True)
class PlanData:
    """Everything the page reads."""

    plan: PlanDetail
    other: PlanDetail | None
    planned: list[str]
    events: list[TimelineEvent]


def load_plan(session: Session, actor: Actor, plan_id: UUID, other_id: UUID | None) -> PlanData:
    """The version with the one it is compared with: the one asked for, else the version before."""
    plan = get_plan(session, actor, plan_id)
    known = {each.id: each for each in plan.versions if each.id != plan_id}
    older = next((each.id for each in plan.versions if each.version < plan.row.version), None)
    compared = other_id if other_id in known else older or next(iter(known), None)
    return PlanData(
        plan,
        get_plan(session, actor, compared) if compared else None,
        list_planned_customers(session, actor, plan_id=plan_id),
        list_timeline(session, actor, subject_id=plan_id),
    )


def show(found: PlanData) -> dict[str, Any]:
    """The state's variables for this version."""
    row = found.plan.row
    status = PlanStatus(row.status)
    archive, edit = why_not_archive(status, found.planned), why_not_edit_plan(status)
    add = why_not_add_price(status)
    return {
        "title": f"{row.name}, version {row.version}",
        "badge": PLANS.labels.get(status, status.replace("_", " ").capitalize()),
        "tone": tone("plans", status),
        "note": "",
        "figure": f"{row.mrr_text} MRR" if row.mrr else "",
        "facts": _facts(found.plan),
        "name": row.name,
        "is_draft": edit is None,
        "is_archived": status is PlanStatus.archived,
        "archive_refusal": archive.sentence if archive else "",
        "edit_refusal": edit.sentence if edit else "",
        "price_refusal": add.sentence if add else "",
        "form": {
            "name": row.name,
            "description": row.description,
            "trial_days": str(row.trial_days),
            "tax_code": row.tax_code,
        },
        "prices": [_price(each, is_draft=edit is None) for each in found.plan.prices],
        "versions": [_version(each, row.id) for each in found.plan.versions],
        **_compared(found.plan, found.other),
        "subscriptions_text": _subscriptions(found.plan),
        "subscriptions_href": f"/billing/subscriptions?f=plan_key:{row.key}&f=plan_version:{row.version}",
    }


def _compared(plan: PlanDetail, other: PlanDetail | None) -> dict[str, Any]:
    if other is None:
        return {"compared_id": "", "compared": "", "differences": []}
    older, newer = sorted((other, plan), key=lambda each: each.row.version)
    return {
        "compared_id": str(other.row.id),
        "compared": f"Version {older.row.version} → version {newer.row.version}",
        "differences": [
            DifferenceView(
                each.before or "\u2014",
                each.after or "\u2014",
                each.difference,
                DIFFERENCE_TONES[each.difference],
            )
            for each in offer_differences(older, newer)
        ],
    }


def _price(price: PriceRow, *, is_draft: bool) -> PriceView:
    tiers = [
        f"{'to ' + format(each['up_to'], ',') if each['up_to'] else 'further'}: "
        f"{amount_words(Fraction(each['unit_amount']), price.currency)}"
        + (f" + {Money(each['flat_minor'], price.currency).format()}" if each["flat_minor"] else "")
        for each in price.tiers
    ]
    return PriceView(
        str(price.id),
        price.words,
        price.model.replace("_", " ").capitalize(),
        " · ".join(tiers),
        "contained" if price.tax_behavior == "inclusive" else "on top",
        f"{price.uses:,}",
        price.archived_at is not None,
        is_draft and price.uses == 0,
    )


def _version(version: VersionRow, current: UUID) -> VersionView:
    status = version.status
    return VersionView(
        str(version.id),
        f"Version {version.version}",
        f"/billing/plans/{version.id}?tab=versions",
        status.replace("_", " ").capitalize(),
        tone("plans", status),
        f"{version.trial_days} days" if version.trial_days else "\u2014",
        relative_instant(version.created_at),
        version.id == current,
    )


def _facts(plan: PlanDetail) -> list[Fact]:
    row = plan.row
    return [
        Fact("Key", row.key),
        Fact("Version", f"{row.version} of {plan.versions[0].version}"),
        Fact("Kind", "Add-on" if row.is_add_on else "Plan"),
        Fact("Description", row.description or "\u2014"),
        Fact("Trial", f"{row.trial_days} days" if row.trial_days else "None"),
        Fact("Kind of product for tax", row.tax_code),
        Fact("Prices", row.prices_text or "None yet"),
        Fact("Created", relative_instant(row.created_at)),
        Fact("Id", str(row.id)),
    ]


def _subscriptions(plan: PlanDetail) -> str:
    row = plan.row
    if row.subscriptions is None:
        return "You may not see subscriptions."
    worth = f", worth {row.mrr_text} a month" if row.mrr else ""
    word = "subscription is" if row.subscriptions == 1 else "subscriptions are"
    return f"{row.subscriptions:,} active {word} on this version{worth}."
