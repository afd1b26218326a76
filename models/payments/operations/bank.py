"""Bank statements, stored line by line, and lines that are for no invoice."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import literal_column
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import Conflict, Invalid
from models.kernel.events import Subject, record_event
from models.kernel.locking import lock_row
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.payments import events
from models.payments.rules.bank_camt import parse_camt
from models.payments.rules.bank_csv import parse_csv
from models.payments.rules.bank_lines import ParsedStatement, StatementBroken, tidy
from models.payments.tables import BankLine, BankLineStatus, BankStatement

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Upload:
    """What a file brought: new lines, lines that were known, and lines of money that left."""

    statement_id: UUID
    account: str
    new: int
    known: int
    outgoing: int


def import_statement(
    session: Session, actor: Actor, *, file_name: str, content: bytes, account: str, currency: str
) -> Upload:
    """Store the credits of a CSV or CAMT.053 file; a line that another file named already is passed over.

    `account` and `currency` count for a CSV, which names neither. A file that cannot be read as a whole is
    refused with its line (`StatementBroken`), and nothing of it is stored.
    """
    actor.ensure(Permission.bank_lines_write)
    is_xml = content.lstrip()[:1] == b"<"
    found = parse_camt(content) if is_xml else _csv(content, account, currency)
    statement = BankStatement(
        account=found.account,
        file_name=tidy(file_name) or "statement",
        file_format="camt.053" if is_xml else "csv",
        uploaded_by=actor.name,
        new_lines=0,
        known_lines=0,
        outgoing_lines=found.outgoing,
    )
    session.add(statement)
    session.flush()
    new = _store(session, statement, found)
    statement.new_lines, statement.known_lines = new, len(found.lines) - new
    record_event(
        session,
        actor,
        events.BANK_STATEMENT_IMPORTED,
        Subject("bank_line", statement.id, f"{statement.file_name} of {statement.account}"),
        after={"new": new, "known": statement.known_lines, "outgoing": found.outgoing},
    )
    return Upload(statement.id, found.account, new, statement.known_lines, found.outgoing)


def ignore_line(session: Session, actor: Actor, *, line_id: UUID, reason: str) -> None:
    """Say that the money is for no invoice; can be taken back with `reopen_line`."""
    actor.ensure(Permission.bank_lines_write)
    line = lock_row(session, BankLine, line_id)
    ensure_open(line)
    text = tidy(reason)
    if not text:
        raise Invalid("bank_line.no_reason", "Say what the money is for instead.", field="reason")
    line.ignored_reason = text
    settle(line, actor, BankLineStatus.ignored)
    record_event(
        session, actor, events.BANK_LINE_IGNORED, line_subject(line), reason=text, after=_facts(line)
    )


def reopen_line(session: Session, actor: Actor, *, line_id: UUID) -> None:
    """Take an ignored line up again; Conflict for a matched one, whose money is entered."""
    actor.ensure(Permission.bank_lines_write)
    line = lock_row(session, BankLine, line_id)
    if line.status != BankLineStatus.ignored:
        raise Conflict(
            "bank_line.not_ignored",
            "Only an ignored line is taken up again. Money that is entered is given back with a credit note.",
        )
    line.status, line.ignored_reason = BankLineStatus.open, ""
    line.settled_at, line.settled_by, line.updated_at = None, "", clock.now()
    record_event(session, actor, events.BANK_LINE_REOPENED, line_subject(line), after=_facts(line))


def _csv(content: bytes, account: str, currency: str) -> ParsedStatement:
    plain = tidy(account).replace(" ", "").upper()
    if not plain:
        raise StatementBroken(0, "A CSV does not say whose account it is of. Name the account.")
    return parse_csv(content, account=plain, currency=currency.strip().upper())


def _store(session: Session, statement: BankStatement, found: ParsedStatement) -> int:
    """Insert what is not known yet; returns how many."""
    now, new = clock.now(), 0
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "statement_id": statement.id,
            "account": found.account,
            "entry_key": line.key,
            "place": line.place,
            "booked_on": line.booked_on,
            "currency": line.amount.currency,
            "amount_minor": line.amount.minor,
            "payer": line.payer,
            "payer_account": line.payer_account,
            "reference": line.reference,
            "status": BankLineStatus.open,
            "ignored_reason": "",
            "settled_by": "",
            "created_at": now,
            "updated_at": now,
        }
        for line in found.lines
    ]
    for start in range(0, len(rows), AT_ONCE):
        statement_of = insert(BankLine).values(rows[start : start + AT_ONCE])
        added = session.execute(
            statement_of.on_conflict_do_nothing(index_elements=["account", "entry_key"]).returning(
                literal_column("1")
            )
        )
        new += len(added.all())
    return new


def settle(line: BankLine, actor: Actor, status: BankLineStatus) -> None:
    """The locked line is settled as this, now."""
    line.status, line.settled_by = status, actor.name
    line.settled_at = line.updated_at = clock.now()


def ensure_open(line: BankLine) -> None:
    """Refuse a line that somebody has settled already."""
    if line.status != BankLineStatus.open:
        raise Conflict(
            "bank_line.settled", f"{line.settled_by} has {line.status} this line already. Reload the page."
        )


def line_subject(line: BankLine) -> Subject:
    """The line as the subject of an event."""
    amount = Money(line.amount_minor, line.currency).format()
    return Subject("bank_line", line.id, f"{amount} of {line.payer or 'an unknown payer'}")


def _facts(line: BankLine) -> dict[str, object]:
    return {"amount_minor": line.amount_minor, "currency": line.currency, "payer": line.payer}
