"""The operator's command line, `clientforge`."""

import sys

import psycopg
import typer
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from jobs.cli.accounts import add_admin
from jobs.cli.billing import billing
from jobs.cli.database import migrate
from jobs.cli.demo import demo
from jobs.cli.figures import figures
from jobs.cli.mail import mail
from jobs.cli.run import run
from jobs.cli.stripe_sandbox import stripe_sandbox
from models.kernel.errors import DomainError

__all__ = ["app", "main"]

UNDEFINED_TABLE = "42P01"

app = typer.Typer(
    help="Operates ClientForge Ops.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("run")(run)
app.command("migrate")(migrate)
app.command("stripe-sandbox")(stripe_sandbox)
app.command("figures")(figures)
app.command("create-admin")(add_admin)
app.add_typer(billing, name="billing")
app.add_typer(demo, name="demo")
app.add_typer(mail, name="mail")


def main() -> None:
    """Run one command; a refusal prints its sentence to stderr and ends with 1, never with a traceback."""
    try:
        app()
    except DomainError as error:
        _refuse(error.sentence)
    except ValidationError as error:
        _refuse("\n".join(_setting(item["loc"], item["msg"]) for item in error.errors()))
    except (DBAPIError, psycopg.Error) as error:
        _refuse(_database_sentence(error))


def _refuse(sentence: str) -> None:
    typer.echo(sentence, err=True)
    sys.exit(1)


def _setting(location: tuple[int | str, ...], message: str) -> str:
    name = ".".join(str(part) for part in location).upper()
    return f"The setting {name} is wrong: {message}. docs/settings.md says what it takes."


def _database_sentence(error: DBAPIError | psycopg.Error) -> str:
    origin = error.orig if isinstance(error, DBAPIError) else error
    if getattr(origin, "sqlstate", None) == UNDEFINED_TABLE:
        return "The database lacks our tables. Run `clientforge migrate` first."
    if isinstance(origin, psycopg.OperationalError):
        return f"The database does not answer: {_first_line(origin)} Check DATABASE_URL and that it runs."
    return f"The database refused: {_first_line(origin)} Nothing was changed."


def _first_line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines() or ["no reason given"]
    return lines[0].rstrip(".") + "."
