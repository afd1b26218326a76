"""The worked examples in the docstrings of money and of the rules are true."""

import doctest
from types import ModuleType

import pytest

from models.billing.rules import credit, pricing, tax_ids
from models.kernel import money


@pytest.mark.parametrize("module", [credit, money, pricing, tax_ids], ids=lambda module: module.__name__)
def test_worked_examples_are_true(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
