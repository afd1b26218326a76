"""The queue: Huey on Redis where REDIS_URL names one, else on PostgreSQL."""

import os
import secrets
import socket
from collections.abc import Callable
from typing import Any, ParamSpec, cast

import psycopg
from huey import Huey, PostgresHuey, PriorityRedisExpireHuey
from huey.serializer import SignedSerializer

from models.kernel.database import database_url
from models.kernel.secrets import keyring
from models.kernel.settings import get_settings

P = ParamSpec("P")

NAME = "clientforge"
# This process as the Jobs page shows it; the random part tells two containers with process id 1 apart.
WORKER = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}"


def _connect() -> psycopg.Connection:
    return psycopg.connect(database_url(), connect_timeout=5, application_name="clientforge-queue")


def _build_queue() -> Huey:
    # Tasks are pickled: the signature keeps whoever can write to the queue from running code in the worker.
    serializer = SignedSerializer(secret=keyring().keys[0][1], salt=NAME)
    # No task has a result: what it did stands in the database.
    options: dict[str, Any] = {"results": False, "utc": True, "serializer": serializer}
    if url := get_settings().redis_url:
        return PriorityRedisExpireHuey(NAME, url=url, **options)
    # Connects at first use, not at import; the worker makes the tables when it starts.
    return PostgresHuey(NAME, connection=_connect, create_tables=False, **options)


huey: Huey = _build_queue()


def task(
    *, priority: int = 0, expires_seconds: float | None = None
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Calling the function queues it; without retries, because the lease of its row brings it again."""

    def decorate(function: Callable[P, None]) -> Callable[P, None]:
        return cast("Callable[P, None]", huey.task(priority=priority, expires=expires_seconds)(function))

    return decorate


def prepare_storage() -> None:
    """Make Huey's tables where it keeps its queue in PostgreSQL; safe to repeat."""
    if isinstance(huey, PostgresHuey):
        huey.storage.initialize_schema()
