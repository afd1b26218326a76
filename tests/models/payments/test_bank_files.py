"""Statements of banks: read as they are written, or refused with the line and the reason."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.kernel.money import Money, exponent
from models.payments import StatementBroken
from models.payments.rules.bank_camt import parse_camt
from models.payments.rules.bank_csv import parse_csv
from models.payments.rules.bank_lines import MAX_LINES, read_amount

GERMAN = (
    "Buchungstag;Beguenstigter/Zahlungspflichtiger;Verwendungszweck;Kontonummer/IBAN;Betrag;Waehrung\n"
    "20.11.2026;Müller & Söhne GmbH;RG INV-2026-000123 Danke;DE89 3704 0044 0532 0130 00;1.234,56;EUR\n"
    "21.11.2026;Stadtwerke;Strom;DE62370400440532013001;-80,00;EUR\n"
)
CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>1</MsgId></GrpHdr>
<Stmt><Id>S1</Id><Acct><Id><IBAN>DE75512108001245126199</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="EUR">150.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-11-20</Dt></BookgDt><AcctSvcrRef>REF1</AcctSvcrRef>
<NtryDtls><TxDtls><Amt Ccy="EUR">{first}</Amt><RltdPties><Dbtr><Pty><Nm>Ada GmbH</Nm></Pty></Dbtr>
<DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct></RltdPties>
<RmtInf><Ustrd>INV-2026-</Ustrd><Ustrd>000124</Ustrd></RmtInf></TxDtls>
<TxDtls><Amt Ccy="EUR">50.00</Amt><RltdPties><Dbtr><Nm>Bob Ltd</Nm></Dbtr></RltdPties></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt></Ntry>
<Ntry><Amt Ccy="EUR">9.99</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


def _csv(text: str, encoding: str = "utf-8") -> object:
    return parse_csv(text.encode(encoding), account="DE75", currency="EUR")


def _camt(closing: str = "1120.00", first: str = "100.00") -> bytes:
    return CAMT.format(closing=closing, first=first).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_csv_of_a_bank_is_read_with_its_own_heads_and_figures(encoding: str) -> None:
    found = parse_csv(GERMAN.encode(encoding), account="DE75", currency="EUR")
    (line,) = found.lines
    assert (found.account, found.outgoing) == ("DE75", 1)
    assert (line.place, line.booked_on, line.amount) == (2, date(2026, 11, 20), Money(123_456, "EUR"))
    assert (line.payer, line.payer_account) == ("Müller & Söhne GmbH", "DE89370400440532013000")
    assert line.reference == "RG INV-2026-000123 Danke"


def test_equal_payments_of_one_file_are_two_and_known_in_the_next_file() -> None:
    row = "2026-11-20,10.00,Same\n"
    once = parse_csv(f"Date,Amount,Reference\n{row}".encode(), account="A", currency="USD")
    twice = parse_csv(f"Date,Amount,Reference\n{row}{row}".encode(), account="A", currency="USD")
    assert len({line.key for line in twice.lines}) == 2
    assert once.lines[0].key == twice.lines[0].key


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 1, "lack “booking date”, “amount”, “reference”"),
        ("Date,Amount\n2026-11-20,1.00\n", 1, "lack “reference”"),
        ("Date,Amount,Reference\n", 0, "no lines"),
        ("Date,Amount,Reference\n2026-11-20,1.00,a\n20/11/2026,2.00,b\n", 3, "no clear day"),
        ('Date,Amount,Reference\n2026-11-20,"1,234",a\n', 2, "no clear amount"),
        ("Date,Amount,Reference\n2026-11-20\n", 2, "1 columns"),
        ("Date,Amount,Reference,Currency\n2026-11-20,1,a,Bitcoin\n", 2, "no currency"),
        ('Date,Amount,Reference\n2026-11-20,1.00,"a\n', 2, "no CSV"),
        ("Date,Amount,Reference\0\n", 0, "no text"),
        ("Date,Amount,Reference\n" + "2026-11-20,1.00,a\n" * (MAX_LINES + 1), 0, "more than 20,000"),
    ],
)
def test_a_broken_csv_says_where_and_why(text: str, line: int, why: str) -> None:
    with pytest.raises(StatementBroken) as refused:
        _csv(text)
    assert refused.value.data["line"] == line
    assert why in refused.value.sentence
    assert "Nothing was stored" in refused.value.sentence


@given(st.integers(0, 10**12), st.sampled_from(["EUR", "JPY", "KWD"]), st.booleans())
def test_every_amount_is_read_as_it_was_written(minor: int, currency: str, is_german: bool) -> None:  # noqa: FBT001
    places = exponent(currency)
    whole, rest = divmod(minor, 10**places)
    text = f"{whole:,}" + (f".{rest:0{places}d}" if places else "")
    if is_german:
        text = text.translate(str.maketrans(",.", ".,"))
    if places != 2 or "," in text or "." in text:
        assert read_amount(text, currency) == minor
        assert read_amount(f"-{text}", currency) == -minor


def test_a_camt_statement_gives_a_line_a_transaction() -> None:
    found = parse_camt(_camt())
    assert (found.account, found.outgoing) == ("DE75512108001245126199", 1)
    first, second = found.lines
    assert (first.amount, first.payer, first.payer_account) == (
        Money(10_000, "EUR"),
        "Ada GmbH",
        "DE89370400440532013000",
    )
    assert (first.reference, first.key, second.payer, second.key) == (
        "INV-2026- 000124",
        "REF1/1#1",
        "Bob Ltd",
        "REF1/2#1",
    )


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "b"><!ENTITY x SYSTEM "file:///etc/passwd">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>&x;</BkToCstmrStmt></Document>"""
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha">'
    + b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%s;" % (b"" if n == 1 else b"%d" % (n - 1)) * 10)
        for n in range(1, 12)
    )
    + b"]><Document>&a11;</Document>"
)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<Document", "no XML"),
        (ENTITIES, "document type"),
        (LAUGHS, ""),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"/>', "no CAMT.053"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>', "no account statement"),
        (_camt(closing="1120.01"), "lines are missing"),
        (_camt(first="99.99"), "do not add up"),
        (_camt().replace(b"<CdtDbtInd>DBIT", b"<CdtDbtInd>OUT"), "neither credit nor debit"),
        (_camt().replace(b"150.00", b"150.001"), "no amount"),
        (_camt().replace(b"2026-11-20", b"yesterday"), "no booking day"),
        (b"<a>" * 5_000, "no XML"),
    ],
)
def test_a_broken_camt_says_where_and_why(content: bytes, why: str) -> None:
    with pytest.raises(StatementBroken) as refused:
        parse_camt(content)
    assert why in refused.value.sentence
    assert "root:" not in refused.value.sentence
