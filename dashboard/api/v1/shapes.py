"""What the answers of several contexts share: money, periods, references, text that can be stored."""

from datetime import date
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Item = TypeVar("Item")


class Shape(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Money(Shape):
    """An amount in the currency's minor unit: 2985 USD is 29.85 dollars, 2985 JPY is 2,985 yen."""

    minor: int = Field(description="Whole minor units; may be negative.", examples=[2985])
    currency: str = Field(description="ISO 4217.", examples=["USD"])

    @classmethod
    def of(cls, minor: int, currency: str) -> "Money":
        """From a row's figure and currency."""
        return cls(minor=minor, currency=currency)


class Period(Shape):
    """Half-open dates: `until_on` is the day after the last."""

    start_on: date = Field(examples=["2026-10-01"])
    until_on: date = Field(examples=["2026-11-01"])


class CustomerRef(Shape):
    """A customer by id and name."""

    id: UUID = Field(examples=["0192f0c1-2b6e-7c1d-9a55-6f1f0a9b1c2d"])
    name: str = Field(examples=["Northwind Traders"])


class Listed(BaseModel, Generic[Item]):
    """One page of a list; `after` and `before` are cursors for the parameter `after`, null where there is no page."""

    items: list[Item]
    before: str | None = Field(examples=[None])
    after: str | None = Field(examples=["WyJhIiwiM2Y1Iiwi4oCmIl0"])


def _storable(text: str) -> str:
    if "\0" in text or any("\ud800" <= each <= "\udfff" for each in text):
        msg = "a NUL character or half of a surrogate pair cannot be stored; leave it out"
        raise ValueError(msg)
    return text


Text = Annotated[str, AfterValidator(_storable)]
