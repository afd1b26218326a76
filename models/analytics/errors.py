"""What the figures refuse, as named facts."""

from collections.abc import Sequence

from models.kernel.errors import Conflict, Invalid


class SeveralCurrencies(Conflict):
    """Amounts of different currencies are never added up."""

    def __init__(self, currencies: Sequence[str]) -> None:
        super().__init__(
            "figures.several_currencies",
            f"There are figures in {', '.join(currencies)}, which cannot be added up. Ask for one currency.",
            currencies=list(currencies),
        )


class NoSuchCurrency(Invalid):
    """Nothing is kept in the currency asked for."""

    def __init__(self, currency: str) -> None:
        super().__init__(
            "figures.no_such_currency",
            f"Nothing is kept in {currency}. Check the code, e.g. USD.",
            field="currency",
            currency=currency,
        )
