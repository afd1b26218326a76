"""The file of 7,043 real subscription customers: read, checked and turned into our types."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeVar

from models.demo.errors import Damage, DemoFileDamaged, DemoFileUnreadable
from models.kernel.money import Money

CURRENCY = "USD"
LONGEST_TENURE = 600
COLUMNS = (
    "customerID",
    "SeniorCitizen",
    "tenure",
    "InternetService",
    "Contract",
    "PaperlessBilling",
    "PaymentMethod",
    "MonthlyCharges",
    "TotalCharges",
    "Churn",
)
_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,4}", re.ASCII)
_REFERENCE = re.compile(r"\d{4}-[A-Z]{5}", re.ASCII)

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=StrEnum)


class Service(StrEnum):
    """The file's InternetService."""

    dsl = "DSL"
    fiber_optic = "Fiber optic"
    none = "No"


class Contract(StrEnum):
    """The file's Contract."""

    month_to_month = "Month-to-month"
    one_year = "One year"
    two_year = "Two year"


class PaymentMethod(StrEnum):
    """The file's PaymentMethod."""

    bank_transfer = "Bank transfer (automatic)"
    credit_card = "Credit card (automatic)"
    electronic_check = "Electronic check"
    mailed_check = "Mailed check"


class _Lines(Protocol):
    """What `csv.reader` returns; the standard library does not name its type."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


class _YesNo(StrEnum):
    yes = "Yes"
    no = "No"


class _ZeroOne(StrEnum):
    zero = "0"
    one = "1"


@dataclass(frozen=True, slots=True)
class TelcoCustomer:
    """One row of the file; amounts in cents, `tenure` in months."""

    line: int
    reference: str
    is_senior: bool
    tenure: int
    service: Service
    contract: Contract
    is_paperless: bool
    payment_method: PaymentMethod
    monthly_minor: int
    total_minor: int
    has_churned: bool


def read_customers(path: Path) -> list[TelcoCustomer]:
    """Every row of the file, in its order.

    Raises `DemoFileUnreadable` where there is no such table and `DemoFileDamaged` with all damaged places.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(path, csv.reader(file, strict=True))
    except OSError as error:
        raise DemoFileUnreadable(path, f"{error.strerror}. Name the file with --file.") from error
    except UnicodeDecodeError as error:
        raise DemoFileUnreadable(path, "it is not UTF-8 text. Save it as UTF-8.") from error


def _read(path: Path, lines: _Lines) -> list[TelcoCustomer]:
    damages: list[Damage] = []
    customers: list[TelcoCustomer] = []
    first_lines: dict[str, int] = {}
    for line, cells in _rows(path, lines, damages):
        row = _Row(line, cells)
        customer = row.customer()
        damages += row.damages
        if customer is None:
            continue
        if customer.reference in first_lines:
            remedy = f"it already stands on line {first_lines[customer.reference]}; remove one of the two."
            damages.append(Damage(line, "customerID", customer.reference, remedy))
        first_lines.setdefault(customer.reference, line)
        customers.append(customer)
    if damages:
        raise DemoFileDamaged(path, damages)
    if not customers:
        raise DemoFileUnreadable(path, "it holds no customers. Copy the original file again.")
    return customers


def _rows(path: Path, lines: _Lines, damages: list[Damage]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells by column; a row of another width or with broken quotes becomes a damage."""
    header: list[str] = []
    try:
        header = next(lines, [])
        missing = [column for column in COLUMNS if column not in header]
        if missing:
            raise DemoFileUnreadable(path, f"line 1 lacks the columns {', '.join(missing)}.")
        for cells in lines:
            if len(cells) == len(header):
                yield lines.line_num, dict(zip(header, cells, strict=True))
            elif cells:
                remedy = f"the row has {len(cells)} cells and needs {len(header)}; look for a missing comma."
                damages.append(Damage(lines.line_num, "row", ",".join(cells), remedy))
    except csv.Error as error:
        remedy = f"{error}; mend the quotes of this row. Rows after it were not looked at."
        damages.append(Damage(lines.line_num, "row", "", remedy))


class _Row:
    """Reads the cells of one row and keeps what is wrong with them."""

    def __init__(self, line: int, cells: dict[str, str]) -> None:
        self.line = line
        self.cells = cells
        self.damages: list[Damage] = []

    def customer(self) -> TelcoCustomer | None:
        """The row as a customer, or None where `damages` says why not."""
        tenure = self._tenure("tenure")
        total = self._total("TotalCharges", tenure)
        customer = TelcoCustomer(
            line=self.line,
            reference=self._reference("customerID"),
            is_senior=self._choice("SeniorCitizen", _ZeroOne, _ZeroOne.zero) is _ZeroOne.one,
            tenure=tenure,
            service=self._choice("InternetService", Service, Service.none),
            contract=self._choice("Contract", Contract, Contract.month_to_month),
            is_paperless=self._choice("PaperlessBilling", _YesNo, _YesNo.no) is _YesNo.yes,
            payment_method=self._choice("PaymentMethod", PaymentMethod, PaymentMethod.mailed_check),
            monthly_minor=self._amount("MonthlyCharges"),
            total_minor=total,
            has_churned=self._choice("Churn", _YesNo, _YesNo.no) is _YesNo.yes,
        )
        if customer.has_churned and not self.damages and not tenure:
            self._damage("Churn", "a customer with tenure 0 cannot have left; write No or a longer tenure.")
        return None if self.damages else customer

    def _damage(self, column: str, remedy: str) -> None:
        self.damages.append(Damage(self.line, column, self.cells[column], remedy))

    def _parsed(
        self, column: str, pattern: re.Pattern[str], parse: Callable[[str], Value], remedy: str
    ) -> Value | None:
        text = self.cells[column].strip()
        if pattern.fullmatch(text):
            return parse(text)
        self._damage(column, remedy)
        return None

    def _reference(self, column: str) -> str:
        return self._parsed(column, _REFERENCE, str, "write it like 7590-VHVEG.") or ""

    def _tenure(self, column: str) -> int:
        remedy = f"write whole months from 0 to {LONGEST_TENURE}."
        tenure = self._parsed(column, _WHOLE, int, remedy) or 0
        if tenure > LONGEST_TENURE:
            self._damage(column, remedy)
        return tenure

    def _amount(self, column: str) -> int:
        return self._parsed(column, _AMOUNT, _cents, "write an amount like 29.85.") or 0

    def _total(self, column: str, tenure: int) -> int:
        """Blank only with tenure 0; else at least a cent a month, because an invoice is never empty."""
        if not self.cells[column].strip():
            if tenure:
                self._damage(column, f"it is blank with tenure {tenure}; write the sum of all months.")
            return 0
        total = self._amount(column)
        if not self.damages and total < tenure:
            self._damage(column, f"it is less than a cent for each of {tenure} months; write their sum.")
        if not self.damages and total and not tenure:
            self._damage(column, "nothing can be billed with tenure 0; leave it blank.")
        return total

    def _choice(self, column: str, choices: type[Choice], fallback: Choice) -> Choice:
        text = self.cells[column].strip()
        if text in {choice.value for choice in choices}:
            return choices(text)
        self._damage(column, f"write one of {', '.join(choices)}.")
        return fallback


def _cents(text: str) -> int:
    return Money.parse(text, CURRENCY).minor
