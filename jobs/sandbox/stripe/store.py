"""The sandbox's memory: objects as JSON in one SQLite file, as another company's database is none of our business."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Body = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS object (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, created INTEGER NOT NULL,
    body TEXT NOT NULL, hidden TEXT NOT NULL DEFAULT '{}');
CREATE INDEX IF NOT EXISTS object_kind ON object (kind, seq);
CREATE INDEX IF NOT EXISTS object_customer ON object (kind, json_extract(body, '$.customer'), seq);
CREATE INDEX IF NOT EXISTS object_intent ON object (kind, json_extract(body, '$.payment_intent'), seq);
CREATE TABLE IF NOT EXISTS due (
    id INTEGER PRIMARY KEY, due_at INTEGER NOT NULL, action TEXT NOT NULL, object_id TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS due_at ON due (due_at, id);
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    created INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY, event_id TEXT NOT NULL, endpoint_id TEXT NOT NULL, state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, due_at REAL NOT NULL, answer TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (state, due_at, id);
CREATE INDEX IF NOT EXISTS delivery_event ON delivery (event_id);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
TABLES = ("object", "due", "answer", "delivery", "setting")
MEMORY = ":memory:"


class Store:
    """One connection, one writer at a time: every request is a transaction of its own."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            # It keeps the secrets of webhook endpoints.
            path.touch(mode=0o600)
        self._connection = sqlite3.connect(path or MEMORY, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        # Written through at commit: what was answered outlives a kill, and as the file is ours alone WAL is safe.
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(SCHEMA)

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block or nothing; a block inside it belongs to the outer one."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    def put(self, body: Body) -> Body:
        """Keep an object as it is now; what is hidden about it stays."""
        self.run(
            "INSERT INTO object (id, kind, created, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            body["id"],
            body["object"],
            body.get("created", 0),
            json.dumps(body),
        )
        return body

    def find(self, kind: str, identifier: str) -> Body | None:
        """An object, or None."""
        rows = self.run("SELECT body FROM object WHERE id = ? AND kind = ?", identifier, kind)
        return json.loads(rows[0]["body"]) if rows else None

    def hidden(self, identifier: str) -> Body:
        """What the sandbox knows about an object and never shows, e.g. how a test card behaves."""
        rows = self.run("SELECT hidden FROM object WHERE id = ?", identifier)
        return json.loads(rows[0]["hidden"]) if rows else {}

    def hide(self, identifier: str, facts: Mapping[str, Any]) -> None:
        """Remember more about an object without showing it."""
        known = {**self.hidden(identifier), **facts}
        self.run("UPDATE object SET hidden = ? WHERE id = ?", json.dumps(known), identifier)

    def listed(
        self,
        kind: str,
        where: Mapping[str, Any],
        *,
        created: Mapping[str, int] | None = None,
        before: str = "",
        after: str = "",
        limit: int = 10,
        condition: str = "",
    ) -> tuple[list[Body], bool]:
        """A page of objects, newest first, and whether there are more; `before` and `after` are ids."""
        clauses = ["kind = ?"]
        values: list[Any] = [kind]
        for path, value in where.items():
            clauses.append(f"json_extract(body, '$.{path}') = ?")
            values.append(value)
        for name, sign in (("gt", ">"), ("gte", ">="), ("lt", "<"), ("lte", "<=")):
            if created and name in created:
                clauses.append(f"created {sign} ?")
                values.append(created[name])
        if condition:
            clauses.append(condition)
        for identifier, sign in ((after, "<"), (before, ">")):
            if identifier:
                clauses.append(f"seq {sign} (SELECT seq FROM object WHERE id = ?)")  # noqa: S608 -- one of two signs
                values.append(identifier)
        order = "ASC" if before else "DESC"
        rows = self.run(
            f"SELECT body FROM object WHERE {' AND '.join(clauses)} ORDER BY seq {order} LIMIT {limit + 1:d}",  # noqa: S608
            *values,
        )
        page = [json.loads(row["body"]) for row in rows[:limit]]
        return (page[::-1] if before else page), len(rows) > limit

    def setting(self, name: str) -> Any:
        """A setting of the sandbox, or None."""
        rows = self.run("SELECT value FROM setting WHERE name = ?", name)
        return json.loads(rows[0]["value"]) if rows else None

    def set(self, name: str, value: Any) -> None:
        """Keep a setting of the sandbox."""
        self.run("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", name, json.dumps(value))

    def run(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        """A statement's rows."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def forget(self) -> None:
        """Empty everything."""
        with self.transaction():
            for table in TABLES:
                self.run(f"DELETE FROM {table}")  # noqa: S608 -- our own names
