"""`clientforge mail`: what comes back from mail servers."""

import sys

import typer

from models.channels import mark_bounced
from models.integrations.mail import read_bounces
from models.kernel.actor import Cause, system_actor
from models.kernel.database import unit_of_work

mail = typer.Typer(no_args_is_help=True)

# A report quotes the mail with its documents at most.
MAX_BYTES = 30_000_000


@mail.callback()
def _group() -> None:
    """Mails to customers."""


@mail.command("bounce")
def bounce() -> None:
    """Read a delivery report (RFC 3464) from standard input and mark the message it is about.

    Made for the mail server's pipe: it ends with 0 also where the report is none of ours, so that the server
    does not answer a report with a report.
    """
    actor = system_actor("mail server", Cause.command)
    reports = read_bounces(sys.stdin.buffer.read(MAX_BYTES))
    if not reports:
        typer.echo("This is no delivery report. Nothing was changed.")
    for report in reports:
        if not report.is_final:
            typer.echo(f"{report.recipient}: the server keeps trying. Nothing was changed.")
            continue
        detail = f"{report.status} {report.diagnostic}".strip()
        with unit_of_work() as session:
            found = mark_bounced(
                session, actor, reference=report.reference, recipient=report.recipient, detail=detail
            )
        known = f"marked message {found}" if found else "the mail is none of ours"
        typer.echo(f"{report.recipient}: {known}.")
