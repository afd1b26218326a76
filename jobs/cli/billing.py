"""`clientforge billing`: what is due, billed."""

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import typer

from jobs.billing import bill_batch
from models.billing import (
    BatchResult,
    RunOrder,
    bill_everything_due,
    claim_run,
    count_due,
    get_run,
    start_run,
)
from models.kernel import clock
from models.kernel.actor import Cause, system_actor
from models.kernel.database import read_session, rehearsal, unit_of_work
from models.kernel.errors import Invalid
from models.kernel.money import Money

billing = typer.Typer(no_args_is_help=True)


@billing.callback()
def _group() -> None:
    """Billing by hand; the schedule does the same every few minutes."""


@billing.command("run")
def run(
    as_of: Annotated[str, typer.Option(help="The day by whose end (UTC) something is due, e.g. 2026-12-01.")],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be made; make nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON in minor units.")] = False,
) -> None:
    """Bill everything that is due by the end of a day, dated as of that day."""
    instant = _end_of(as_of)
    with read_session() as session:
        due = count_due(session, instant)
    result = _rehearse(instant) if dry_run else _carry_out(instant)
    if as_json:
        typer.echo(json.dumps({"due": due, **_facts(result)}))
        return
    typer.echo(_table(due, result, is_dry=dry_run))


def _end_of(text: str) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid("date.unreadable", f"“{text}” is not a day. Write it like 2026-12-01.") from None
    return datetime.combine(day + timedelta(days=1), time(), UTC) - timedelta(seconds=1)


def _rehearse(instant: datetime) -> BatchResult:
    """The real run in one transaction that is taken back."""
    actor = system_actor("billing rehearsal", Cause.command)
    with rehearsal() as session, clock.pinned(instant):
        return bill_everything_due(session, actor, as_of=instant)


def _carry_out(instant: datetime) -> BatchResult:
    actor = system_actor("command line", Cause.command)
    with unit_of_work() as session:
        run_id = start_run(session, actor, as_of=instant).id
        # In one transaction, so that no worker takes the run up first.
        order: RunOrder | None = claim_run(session, actor, run_id=run_id)
    whole = BatchResult()
    while order is not None:
        order, batch = bill_batch(order)
        whole = whole.plus(batch)
    with read_session() as session:
        typer.echo(f"Run {run_id} is {get_run(session, actor, run_id=run_id).status}.", err=True)
    return whole


def _facts(result: BatchResult) -> dict[str, object]:
    return {
        "invoices": result.invoices,
        "drafts_to_review": result.drafts,
        "planned_changes": result.changes,
        "parked": result.failures,
        "totals_minor": dict(result.totals),
    }


def _table(due: int, result: BatchResult, *, is_dry: bool) -> str:
    verb = "would be" if is_dry else "were"
    lines = [
        f"{due:,} subscriptions are due." if is_dry else f"{due:,} subscriptions were due.",
        f"{result.invoices:,} invoices {verb} issued, {result.drafts:,} drafts {verb} left for review.",
        f"{result.changes:,} planned changes {verb} carried out, {result.failures:,} subscriptions {verb} parked.",
        *(f"Total {Money(minor, currency).format()}" for currency, minor in result.totals),
    ]
    return "\n".join([*lines, "Nothing was changed."] if is_dry else lines)
