"""`clientforge migrate`: the tables, the built-in roles and the first campaign."""

from pathlib import Path

import typer
from alembic import command
from alembic.config import Config
from sqlmodel import Session

from models.accounts import sync_built_in_roles
from models.dunning import TEMPLATES, ensure_standard_campaign
from models.kernel.actor import Cause, system_actor
from models.kernel.database import unit_of_work

CONFIGURATION = Path(__file__).resolve().parents[2] / "pyproject.toml"


def migrate() -> None:
    """Bring the database's tables and built-in roles up to this version; a new one gets the standard campaign."""
    command.upgrade(Config(toml_file=CONFIGURATION), "head")
    with unit_of_work() as session:
        bring_in_built_ins(session)
    typer.echo("The database is up to date.")


def bring_in_built_ins(session: Session) -> None:
    """What every installation has: the built-in roles, and a campaign where there is none."""
    sync_built_in_roles(session)
    ensure_standard_campaign(session, system_actor("migrate", Cause.command), templates=TEMPLATES)
