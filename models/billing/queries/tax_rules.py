"""Reading tax rules: the list, the rates of a place, and what a customer there would pay."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlmodel import Session, col

from models.billing.rules.reading import percent_words
from models.billing.tables import TaxRule
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.listing import (
    Choice,
    Column,
    ColumnKind,
    Filter,
    FilterKind,
    Listing,
    SortKey,
    View,
    register,
)
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class TaxRuleRow:
    """A tax rule in a list; `status` is valid, scheduled or ended, as of today in UTC."""

    id: UUID
    country: str
    region: str
    tax_code: str
    name: str
    rate_ppm: int
    valid_from_on: date
    valid_until_on: date | None
    note: str
    status: str

    @property
    def place(self) -> str:
        """`DE`, or `US California`."""
        return f"{self.country} {self.region}".strip()

    @property
    def rate_text(self) -> str:
        """`8.875 %`."""
        return percent_words(self.rate_ppm)


_facts: tuple[Any, ...] = (
    TaxRule.id,
    TaxRule.country,
    TaxRule.region,
    TaxRule.tax_code,
    TaxRule.name,
    TaxRule.rate_ppm,
    TaxRule.valid_from_on,
    TaxRule.valid_until_on,
    TaxRule.note,
)


def _is_scheduled() -> ColumnElement[bool]:
    return col(TaxRule.valid_from_on) > clock.today()


def _is_ended() -> ColumnElement[bool]:
    return col(TaxRule.valid_until_on) <= clock.today()


def _is_valid() -> ColumnElement[bool]:
    until = col(TaxRule.valid_until_on)
    return and_(col(TaxRule.valid_from_on) <= clock.today(), or_(until.is_(None), until > clock.today()))


def _statement(actor: Actor) -> Select[Any]:
    actor.ensure(Permission.tax_rules_read)
    status = case((_is_scheduled(), "scheduled"), (_is_ended(), "ended"), else_="valid")
    return select(*_facts, status)


def _build(row: Any) -> TaxRuleRow:
    return TaxRuleRow(*row[: len(_facts) + 1])


def _search(_session: Session, text: str) -> ColumnElement[bool]:
    plain = text.strip()
    return or_(
        col(TaxRule.country) == plain.upper(),
        col(TaxRule.region).icontains(plain, autoescape=True),
        col(TaxRule.name).icontains(plain, autoescape=True),
    )


def _valid_on(day: date) -> ColumnElement[bool]:
    until = col(TaxRule.valid_until_on)
    return and_(col(TaxRule.valid_from_on) <= day, or_(until.is_(None), until > day))


TAX_RULES: Listing[TaxRuleRow] = register(
    Listing(
        key="tax_rules",
        title="Tax rules",
        noun="tax rule",
        path="/billing/taxes",
        permission=Permission.tax_rules_read,
        export_permission=Permission.tax_rules_read,
        statement=_statement,
        build=_build,
        identifier=col(TaxRule.id),
        row_id=lambda row: row.id,
        columns=(
            Column("place", "Place", ColumnKind.text, lambda row: row.place, "place"),
            Column("status", "Status", ColumnKind.badge, lambda row: row.status),
            Column("name", "Name", ColumnKind.text, lambda row: row.name),
            Column("rate", "Rate", ColumnKind.text, lambda row: row.rate_text, "rate"),
            Column(
                "tax_code",
                "For",
                ColumnKind.text,
                lambda row: "All products" if row.tax_code == "*" else row.tax_code,
            ),
            Column("valid_from_on", "From", ColumnKind.date, lambda row: row.valid_from_on, "valid_from_on"),
            Column("valid_until_on", "Until", ColumnKind.date, lambda row: row.valid_until_on),
            Column("note", "Note", ColumnKind.text, lambda row: row.note),
            Column("id", "Id", ColumnKind.code, lambda row: str(row.id), is_default=False),
        ),
        sorts=(
            SortKey("place", col(TaxRule.country), str),
            SortKey("rate", col(TaxRule.rate_ppm), int),
            SortKey("valid_from_on", col(TaxRule.valid_from_on), date.fromisoformat),
        ),
        default_sort="place",
        filters=(
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(TaxRule.id),
                (
                    Choice("valid", "Valid", _is_valid),
                    Choice("scheduled", "Scheduled", _is_scheduled),
                    Choice("ended", "Ended", _is_ended),
                ),
            ),
            Filter("country", "Country", FilterKind.text, col(TaxRule.country)),
            Filter("name", "Name", FilterKind.text, col(TaxRule.name)),
            Filter("valid_on", "Valid on", FilterKind.date, col(TaxRule.valid_from_on), moment=_valid_on),
        ),
        search=_search,
        search_hint="Country, region or name",
        views=(
            View("all", "All", ""),
            View("valid", "Valid today", "f=status:valid"),
            View("scheduled", "Scheduled", "f=status:scheduled"),
            View("ended", "Ended", "f=status:ended"),
        ),
        empty="Without a rule for a place nothing is taxed there. Load the EU rates, or enter the first rule.",
        nouns=frozenset({"tax_rule", "tax_rules"}),
    )
)


def get_tax_rule(session: Session, actor: Actor, tax_rule_id: UUID) -> TaxRuleRow | None:
    """One rule, or None."""
    row = session.execute(_statement(actor).where(col(TaxRule.id) == tax_rule_id)).first()
    return _build(row) if row else None
