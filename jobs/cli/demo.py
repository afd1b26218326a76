"""`clientforge demo`: the demo data."""

from pathlib import Path
from typing import Annotated

import typer

from models.accounts import sync_built_in_roles
from models.demo import DEMO_FILE, SIGN_INS, DemoCounts, demo_password, load_demo, settle_tables
from models.kernel.actor import Cause, system_actor
from models.kernel.database import unit_of_work

demo = typer.Typer(no_args_is_help=True)


@demo.callback()
def _group() -> None:
    """Demo data: 7,043 real subscription customers under made-up names."""


@demo.command("load")
def load(
    file: Annotated[Path, typer.Option(help="The customers, as CSV.")] = DEMO_FILE,
) -> None:
    """Load the demo customers, their invoices and the demo staff into an empty database."""
    counts = load_demo_data(file)
    typer.echo(
        f"Loaded {counts.customers:,} customers, {counts.subscriptions:,} subscriptions, "
        f"{counts.invoices:,} invoices and {counts.payments:,} payments."
    )
    typer.echo(sign_ins())


def load_demo_data(file: Path = DEMO_FILE) -> DemoCounts:
    """Roles, demo data and statistics; raises what `load_demo` raises."""
    with unit_of_work() as session:
        sync_built_in_roles(session)
        actor = system_actor("command line", Cause.command)
        counts = load_demo(session, actor, password=demo_password(), path=file)
    settle_tables()
    return counts


def sign_ins() -> str:
    """The demo sign-ins and their password, for the terminal."""
    return f"Sign in as {', '.join(SIGN_INS)}\nwith the password {demo_password()}"
