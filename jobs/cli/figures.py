"""`clientforge figures`: the business in numbers."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from models.analytics import Figures, compute_figures, figures_by_currency
from models.kernel.database import read_session
from models.kernel.money import Money


def figures(
    currency: Annotated[str | None, typer.Option(help="Only this currency, e.g. USD.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One currency, as JSON in minor units.")] = False,
) -> None:
    """Print the figures of the whole business, computed from the database."""
    with read_session() as session:
        if as_json:
            typer.echo(_json(compute_figures(session, currency)))
            return
        found = [compute_figures(session, currency)] if currency else figures_by_currency(session)
    typer.echo("\n\n".join(_table(one) for one in found) or "There are no customers yet.")


def _json(one: Figures) -> str:
    return json.dumps({name: value for name, value in asdict(one).items() if name != "currency"})


def _table(one: Figures) -> str:
    rows = [
        (
            name.removesuffix("_minor").replace("_", " "),
            Money(value, one.currency).format() if name.endswith("_minor") else f"{value:,}",
        )
        for name, value in asdict(one).items()
        if name != "currency"
    ]
    return "\n".join([one.currency, *(f"{label:<24}{value:>22}" for label, value in rows)])
