"""The file of real customers: what is read from it, and how damage is named."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.demo.errors import SHOWN_DAMAGES, DemoFileDamaged, DemoFileUnreadable
from models.demo.load import DEMO_FILE
from models.demo.telco import Contract, PaymentMethod, Service, TelcoCustomer, read_customers

HEADER = (
    "customerID,SeniorCitizen,tenure,InternetService,Contract,PaperlessBilling,"
    "PaymentMethod,MonthlyCharges,TotalCharges,Churn"
)
GOOD = "5575-GNVDE,0,34,DSL,One year,No,Mailed check,56.95,1889.5,No"
CUSTOMER = TelcoCustomer(
    line=2,
    reference="5575-GNVDE",
    is_senior=False,
    tenure=34,
    service=Service.dsl,
    contract=Contract.one_year,
    is_paperless=False,
    payment_method=PaymentMethod.mailed_check,
    monthly_minor=5695,
    total_minor=188950,
    has_churned=False,
)


def _file(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "customers.csv"
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return path


def test_the_whole_file_reproduces_its_published_figures() -> None:
    customers = read_customers(DEMO_FILE)
    staying = [customer for customer in customers if not customer.has_churned]
    assert len(customers) == 7043
    assert len(staying) == 5174
    assert sum(customer.monthly_minor for customer in staying) == 31_698_575
    assert sum(customer.tenure for customer in customers) == 227_990
    assert sum(customer.total_minor for customer in customers) == 1_605_616_870
    assert sum(customer.tenure == 0 for customer in customers) == 11


def test_a_row_is_read_in_cents_and_blank_total_is_allowed_only_without_tenure(tmp_path: Path) -> None:
    new = "4472-LVYGI,1,0,No,Two year,Yes,Bank transfer (automatic),52.5, ,No"
    first, second = read_customers(_file(tmp_path, GOOD, new))
    assert first == CUSTOMER
    assert (second.is_senior, second.is_paperless, second.monthly_minor, second.total_minor) == (
        True,
        True,
        5250,
        0,
    )

    with pytest.raises(DemoFileDamaged, match="Line 2, TotalCharges “”: it is blank with tenure 34"):
        read_customers(_file(tmp_path, GOOD.replace("1889.5", "")))


@pytest.mark.parametrize(
    ("good", "bad", "column", "remedy"),
    [
        ("5575-GNVDE", "5575", "customerID", "write it like 7590-VHVEG"),
        (",0,34,", ",2,34,", "SeniorCitizen", "write one of 0, 1"),
        (",34,", ",-1,", "tenure", "whole months from 0 to 600"),
        (",34,", ",601,", "tenure", "whole months from 0 to 600"),
        (",34,", ",3.5,", "tenure", "whole months"),
        (",34,", ",٣,", "tenure", "whole months"),
        ("DSL", "Cable", "InternetService", "DSL, Fiber optic, No"),
        ("One year", "Ten year", "Contract", "Month-to-month, One year, Two year"),
        (",No,Mailed", ",Maybe,Mailed", "PaperlessBilling", "Yes, No"),
        ("Mailed check", "Gold", "PaymentMethod", "Mailed check"),
        ("56.95", "56.955", "MonthlyCharges", "amount like 29.85"),
        ("56.95", "NaN", "MonthlyCharges", "amount like 29.85"),
        ("56.95", "-1", "MonthlyCharges", "amount like 29.85"),
        ("1889.5", "1e3", "TotalCharges", "amount like 29.85"),
        ("1889.5", "0.33", "TotalCharges", "less than a cent for each of 34 months"),
        (",34,", ",0,", "TotalCharges", "leave it blank"),
        (
            ",34,DSL,One year,No,Mailed check,56.95,1889.5,No",
            ",0,DSL,One year,No,Mailed check,5,,Yes",
            "Churn",
            "left",
        ),
    ],
)
def test_a_damaged_cell_names_line_column_value_and_remedy(
    tmp_path: Path, good: str, bad: str, column: str, remedy: str
) -> None:
    damaged = GOOD.replace(good, bad, 1)
    with pytest.raises(DemoFileDamaged) as caught:
        read_customers(_file(tmp_path, GOOD.replace("5575", "0001"), damaged))
    (damage,) = caught.value.damages
    assert (damage.line, damage.column) == (3, column)
    assert damage.value in damaged
    assert remedy in damage.remedy
    assert damage.sentence in caught.value.sentence


def test_all_damages_are_collected_and_the_first_twenty_shown(tmp_path: Path) -> None:
    rows = [f"{index:04d}-ABCDE,0,x,DSL,One year,No,Mailed check,1,1,No" for index in range(25)]
    with pytest.raises(DemoFileDamaged) as caught:
        read_customers(_file(tmp_path, *rows))
    assert len(caught.value.damages) == 25
    assert caught.value.sentence.count("Line ") == SHOWN_DAMAGES
    assert "... and 5 more." in caught.value.sentence
    assert "25 damaged places" in caught.value.sentence


@pytest.mark.parametrize(
    ("row", "remedy"),
    [
        (GOOD + ",extra", "11 cells and needs 10"),
        (GOOD.rsplit(",", 1)[0], "9 cells and needs 10"),
        (GOOD, "already stands on line 2"),
        ('"never closed' + GOOD, "mend the quotes"),
    ],
)
def test_a_damaged_row_is_named(tmp_path: Path, row: str, remedy: str) -> None:
    with pytest.raises(DemoFileDamaged) as caught:
        read_customers(_file(tmp_path, GOOD, row))
    (damage,) = caught.value.damages
    assert damage.line == 3
    assert remedy in damage.remedy


def test_a_file_that_is_no_such_table_is_refused_with_the_way_on(tmp_path: Path) -> None:
    with pytest.raises(DemoFileUnreadable, match="Name the file with --file"):
        read_customers(tmp_path / "missing.csv")
    with pytest.raises(DemoFileUnreadable, match="Name the file with --file"):
        read_customers(tmp_path)
    with pytest.raises(DemoFileUnreadable, match="lacks the columns tenure, Churn"):
        read_customers(_file(tmp_path, header=HEADER.replace("tenure", "age").replace("Churn", "Left")))
    with pytest.raises(DemoFileUnreadable, match="holds no customers"):
        read_customers(_file(tmp_path))
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DemoFileUnreadable, match="not UTF-8"):
        read_customers(binary)


def test_a_byte_order_mark_and_a_blank_line_do_no_harm(tmp_path: Path) -> None:
    path = _file(tmp_path, GOOD, "")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_customers(path) == [replace(CUSTOMER, line=2)]
