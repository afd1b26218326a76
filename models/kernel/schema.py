"""Where the schema stands: the newest migration, and the one the database is at."""

from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlmodel import Session

ROOT = Path(__file__).resolve().parents[2]


def alembic_config() -> Config:
    """Alembic's configuration, from pyproject.toml."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


@lru_cache(maxsize=1)
def newest_revision() -> str:
    """The revision the program expects."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head() or ""


def current_revision(session: Session) -> str:
    """The revision the database is at; empty before the first migration."""
    exists = session.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    return str(session.scalar(text("SELECT version_num FROM alembic_version")) or "") if exists else ""


def migrate() -> None:
    """Bring the database to the newest revision."""
    command.upgrade(alembic_config(), "head")
