"""`clientforge demo`: the demo data."""

from pathlib import Path
from typing import Annotated

import typer

from jobs.cli.database import bring_in_built_ins
from jobs.dunning import chase_overdue
from models.demo import DEMO_FILE, SIGN_INS, DemoCounts, demo_password, load_demo, settle_tables
from models.integrations.stripe import find_sandbox, get_stripe
from models.kernel.actor import Cause, system_actor
from models.kernel.database import read_session, unit_of_work
from models.payments import list_without_account, open_account, sync_methods

demo = typer.Typer(no_args_is_help=True)

WORKING = "pm_card_visa"
FAILING = ("pm_card_chargeCustomerFail", "pm_sandbox_fails_times_2")


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


@demo.command("payments")
def give_methods(
    customers: Annotated[int, typer.Option(min=1, max=1_000, help="How many customers get a method.")] = 40,
) -> None:
    """Give customers with open invoices a test card at the Stripe sandbox, every fourth one a card that fails."""
    if find_sandbox() is None:
        typer.echo(
            "Name the sandbox that `clientforge run` has started: STRIPE_API_BASE=http://127.0.0.1:9000 "
            "(its port is PORT + 1000).",
            err=True,
        )
        raise typer.Exit(1)
    actor = system_actor("command line", Cause.command)
    with read_session() as session:
        chosen = list_without_account(session, actor, limit=customers)
    stripe = get_stripe()
    for number, owner in enumerate(chosen):
        token = FAILING[number // 4 % len(FAILING)] if number % 4 == 3 else WORKING  # noqa: PLR2004 -- every fourth
        made = stripe.customers.create(name=owner.name, email=owner.email, key=f"customer-{owner.tenant_id}")
        stripe.setups.create(customer_id=made.id, method_id=token, key=f"demo-{owner.tenant_id}")
        found = stripe.methods.list(made.id)
        with unit_of_work() as session:
            open_account(session, actor, tenant_id=owner.tenant_id, vendor_id=made.id)
            sync_methods(session, actor, tenant_id=owner.tenant_id, found=found)
    typer.echo(f"{len(chosen)} customers have a test card now; their next invoices are charged to it.")


def load_demo_data(file: Path = DEMO_FILE) -> DemoCounts:
    """Roles, campaign, demo data, its dunning cases and statistics; raises what `load_demo` raises."""
    with unit_of_work() as session:
        bring_in_built_ins(session)
        actor = system_actor("command line", Cause.command)
        counts = load_demo(session, actor, password=demo_password(), path=file)
    # What is overdue in the file is chased from the beginning, not from the next full hour on.
    chase_overdue()
    settle_tables()
    return counts


def sign_ins() -> str:
    """The demo sign-ins and their password, for the terminal."""
    return f"Sign in as {', '.join(SIGN_INS)}\nwith the password {demo_password()}"
