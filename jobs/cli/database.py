"""`clientforge migrate`: the tables and the built-in roles."""

from pathlib import Path

import typer
from alembic import command
from alembic.config import Config

from models.accounts import sync_built_in_roles
from models.kernel.database import unit_of_work

CONFIGURATION = Path(__file__).resolve().parents[2] / "pyproject.toml"


def migrate() -> None:
    """Bring the database's tables and built-in roles up to this version."""
    command.upgrade(Config(toml_file=CONFIGURATION), "head")
    with unit_of_work() as session:
        sync_built_in_roles(session)
    typer.echo("The database is up to date.")
