"""Bank statements as CAMT.053 (ISO 20022, camt.053.001): booked entries, checked against the balances they claim."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from lxml import etree

from models.kernel.errors import DomainError
from models.kernel.money import Money
from models.payments.rules.bank_lines import (
    ParsedLine,
    ParsedStatement,
    StatementBroken,
    ensure_count,
    ensure_currency,
    tidy,
    with_keys,
)

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."


def parse_camt(content: bytes) -> ParsedStatement:
    """The booked credits of one account. Raises StatementBroken with line and reason.

    No entity is resolved and nothing is fetched: a document with a DTD is refused, as the standard has none.
    """
    root = _root(content)
    statements = list(_all(root, "BkToCstmrStmt/Stmt"))
    if not statements:
        raise StatementBroken(0, "The file holds no account statement (Stmt).")
    accounts = {_account(each) for each in statements}
    if len(accounts) > 1:
        raise StatementBroken(
            0, "The file holds statements of several accounts. Upload one account at a time."
        )
    lines: list[ParsedLine] = []
    outgoing = 0
    for statement in statements:
        entries = [entry for entry in _all(statement, "Ntry") if _status(entry) == "BOOK"]
        for entry in entries:
            if _sign(entry) < 0:
                outgoing += 1
            else:
                lines.extend(_lines(entry))
        _ensure_balanced(statement, entries)
    ensure_count([*lines, *range(outgoing)])
    return ParsedStatement(accounts.pop(), with_keys(lines), outgoing)


def _root(content: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise StatementBroken(error.lineno or 0, f"This is no XML ({error.msg}).") from error
    if root.getroottree().docinfo.doctype:
        raise StatementBroken(1, "It declares a document type, which a bank statement never has.")
    namespace = etree.QName(root).namespace or ""
    if not namespace.startswith(NAMESPACE):
        raise StatementBroken(root.sourceline or 1, "It is no CAMT.053 statement (camt.053.001).")
    return root


def _all(element: Any, path: str) -> Iterator[Any]:
    found = element.iterfind("/".join(f"{{*}}{name}" for name in path.split("/")))
    yield from found


def _text(element: Any, *paths: str) -> str:
    """The first of the paths that says something."""
    for path in paths:
        for found in _all(element, path):
            if found.text and found.text.strip():
                return tidy(found.text)
    return ""


def _account(statement: Any) -> str:
    return _text(statement, "Acct/Id/IBAN", "Acct/Id/Othr/Id").replace(" ", "") or "unknown"


def _status(entry: Any) -> str:
    return _text(entry, "Sts/Cd", "Sts")


def _sign(entry: Any) -> int:
    """1 for money that came; a reversed debit came, a reversed credit left."""
    kind = _text(entry, "CdtDbtInd")
    if kind not in {"CRDT", "DBIT"}:
        raise StatementBroken(entry.sourceline, "An entry says neither credit nor debit (CdtDbtInd).")
    return 1 if kind == "CRDT" else -1


def _money(element: Any, owner: Any) -> Money:
    place, code = (element if element is not None else owner).sourceline, ""
    try:
        code = element.get("Ccy") or ""
        ensure_currency(place, code)
        return Money.parse(element.text or "", code)
    except StatementBroken:
        raise
    except (AttributeError, DomainError) as error:
        text = "" if element is None else (element.text or "")
        raise StatementBroken(place, f"“{text[:40]} {code[:3]}” is no amount with a currency.") from error


def _day(entry: Any) -> date:
    text = _text(entry, "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise StatementBroken(entry.sourceline, f"“{text[:40]}” is no booking day.") from None


def _lines(entry: Any) -> Iterator[ParsedLine]:
    """One line a transaction where the entry names amounts for each, else one for the entry."""
    whole = _money(entry.find("{*}Amt"), entry)
    parts = list(_all(entry, "NtryDtls/TxDtls"))
    reference = _text(entry, "AcctSvcrRef", "NtryRef")
    amounts = [_part(each) for each in parts]
    if len(parts) < 2 or None in amounts:  # noqa: PLR2004 -- more than one
        yield _line(entry, parts[0] if parts else entry, whole, reference)
        return
    known = [each for each in amounts if each is not None]
    if {each.currency for each in known} != {whole.currency} or sum(
        each.minor for each in known
    ) != whole.minor:
        raise StatementBroken(entry.sourceline, "The transactions of an entry do not add up to its amount.")
    for number, (part, amount) in enumerate(zip(parts, known, strict=True), 1):
        yield _line(entry, part, amount, f"{reference}/{number}" if reference else "")


def _part(details: Any) -> Money | None:
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        for found in _all(details, path):
            return _money(found, details)
    return None


def _line(entry: Any, details: Any, amount: Money, reference: str) -> ParsedLine:
    words = [tidy(each.text) for each in _all(details, "RmtInf/Ustrd")]
    structured = _text(details, "RmtInf/Strd/CdtrRefInf/Ref")
    end_to_end = _text(details, "Refs/EndToEndId")
    told = [*words, structured, "" if end_to_end == "NOTPROVIDED" else end_to_end]
    return ParsedLine(
        entry.sourceline,
        _day(entry),
        amount,
        _text(details, "RltdPties/Dbtr/Pty/Nm", "RltdPties/Dbtr/Nm"),
        _text(details, "RltdPties/DbtrAcct/Id/IBAN", "RltdPties/DbtrAcct/Id/Othr/Id"),
        tidy(" ".join(part for part in told if part) or _text(entry, "AddtlNtryInf")),
        reference,
    )


def _ensure_balanced(statement: Any, entries: list[Any]) -> None:
    """Opening balance and entries must come to the closing one, where the statement names both."""
    balances = {_text(each, "Tp/CdOrPrtry/Cd"): each for each in _all(statement, "Bal")}
    opening, closing = balances.get("OPBD", balances.get("PRCD")), balances.get("CLBD")
    if opening is None or closing is None:
        return
    first, last = (_money(each.find("{*}Amt"), each) for each in (opening, closing))
    moved = [_money(each.find("{*}Amt"), each) for each in entries]
    if any(each.currency != first.currency for each in (*moved, last)):
        return
    expected = _sign(opening) * first.minor + sum(
        _sign(entry) * amount.minor for entry, amount in zip(entries, moved, strict=True)
    )
    if expected != _sign(closing) * last.minor:
        raise StatementBroken(
            closing.sourceline,
            f"Opening balance and entries come to {Money(expected, first.currency).format()}, the closing balance "
            f"says {Money(_sign(closing) * last.minor, last.currency).format()}: lines are missing.",
        )
