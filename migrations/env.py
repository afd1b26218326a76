"""Alembic's entry: one connection, a lock timeout, our tables only."""

from alembic import context
from sqlalchemy import Connection, text

from models.kernel.database import write_engine
from models.tables import metadata


def _ours(name: str | None, type_: str, _parent: object) -> bool:
    """Huey keeps its queue in tables it makes itself."""
    return not (type_ == "table" and (name or "").startswith("huey_"))


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=_ours,
        compare_type=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        context.run_migrations()


if (given := context.config.attributes.get("connection")) is not None:
    _run(given)
else:
    with write_engine().connect() as own:
        _run(own)
