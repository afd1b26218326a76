"""A statement is posted as a form; the page it goes back to says what became of it."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlmodel import Session, func, select

from dashboard.shell.told import read_told, sign_told
from models.payments.tables import BankLine
from tests.api.conftest import ORIGIN, Person, SignIn

CSV = b"Date,Amount,Name,Reference\n2026-03-16,100.00,Ada,a\n2026-03-17,-4.00,Bank,fee\n"


def _post(person: Person, content: bytes, *, origin: str = ORIGIN, account: str = "DE75") -> Any:
    return person.browser.post(
        "/api/bank/statements",
        data={"account": account, "currency": "USD"},
        files={"file": ("march.csv", content)},
        headers={"Origin": origin},
    )


def _told(answer: Any) -> tuple[str, bool]:
    assert answer.status_code == 303
    return read_told(parse_qs(urlsplit(answer.headers["location"]).query)["told"][0])


def test_a_statement_is_stored_once_and_the_page_says_so(stored: Session, signed_in: SignIn) -> None:
    finance = signed_in("finance")
    assert _told(_post(finance, CSV)) == (
        "1 new line of DE75. 1 left the account and was passed over.",
        False,
    )
    assert _told(_post(finance, CSV))[0].startswith("0 new lines of DE75. 1 was known.")
    sentence, is_refusal = _told(_post(finance, CSV.replace(b"100.00", b"much")))
    assert is_refusal
    assert "Line 2: “much” is no clear amount" in sentence
    assert stored.exec(select(func.count()).select_from(BankLine)).one() == 1


def test_only_who_may_upload_does_and_only_from_our_own_page(signed_in: SignIn) -> None:
    assert _post(signed_in("viewer"), CSV).status_code == 403
    assert _post(signed_in("finance"), CSV, origin="https://elsewhere.example").status_code == 403
    assert _post(signed_in("finance"), b"x" * 1_000_001).status_code == 413


def test_nobody_else_puts_words_into_our_mouth() -> None:
    token = sign_told("Done.", is_refusal=False)
    assert read_told(token) == ("Done.", False)
    assert read_told(sign_told("No.", is_refusal=True)) == ("No.", True)
    for forged in ("", "Done.", token[:-2], "x" * 10_000):
        assert read_told(forged) == ("", False)
