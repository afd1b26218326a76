"""Which tax applies: rates by place and time, and what we know of a customer for billing."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field

from models.kernel.columns import Dated, id_column, in_values, text_column


class TaxRule(Dated, table=True):
    """One rate of a country or region for one kind of product, valid from a day until another.

    An empty region is the whole country; `tax_code` `*` is every kind of product. Rules of the same name replace
    each other in time; rules of different names add up on a line.
    """

    __tablename__ = "tax_rule"
    __table_args__ = (
        Index("ix_tax_rule_place", "country", "region", "tax_code", "name", "valid_from_on"),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country_iso"),
        CheckConstraint("rate_ppm BETWEEN 0 AND 1000000", name="rate_bounded"),
        CheckConstraint("valid_until_on > valid_from_on", name="validity_not_empty"),
    )

    id: UUID = id_column()
    country: str = text_column()
    region: str = text_column(default="")
    tax_code: str = text_column(default="*")
    name: str = text_column()
    # Parts per million: 19 % is 190000, 8.875 % is 88750.
    rate_ppm: int = Field()
    valid_from_on: date = Field()
    valid_until_on: date | None = Field(default=None)
    note: str = text_column(default="")


class ReviewPolicy(StrEnum):
    """Whether a person looks at a customer's drafts."""

    by_rule = "by_rule"
    always = "always"


class BillingProfile(Dated, table=True):
    """What billing knows of a customer beyond its account: legal name, address, tax ids, terms."""

    __tablename__ = "billing_profile"
    __table_args__ = (
        in_values("review_policy", ReviewPolicy),
        CheckConstraint("net_terms_days BETWEEN 0 AND 365", name="net_terms_bounded"),
    )

    tenant_id: UUID = Field(foreign_key="tenant.id", primary_key=True)
    legal_name: str = text_column(default="")
    # Lines separated by semicolons.
    address: str = text_column(default="")
    region: str = text_column(default="")
    tax_id: str = text_column(default="")
    exempt_reason: str = text_column(default="")
    exempt_until_on: date | None = Field(default=None)
    net_terms_days: int | None = Field(default=None)
    legal_entity: str = Field(default="main", foreign_key="legal_entity.key", sa_type=Text)
    review_policy: str = text_column(default=ReviewPolicy.by_rule)
    version: int = Field(default=1)
