"""Rate limits in this process's memory."""

import pytest

from models.kernel.rate_limits import Limit


def test_tries_are_counted_per_name_and_person() -> None:
    limit = Limit("test.sign_in", "3/hour")
    assert [limit.hit("ann") for _ in range(4)] == [True, True, True, False]
    assert limit.hit("ben")
    assert Limit("test.other", "3/hour").hit("ann")


def test_the_wait_says_how_long_and_counts_nothing() -> None:
    limit = Limit("test.wait", "2/hour")
    assert [limit.wait_seconds("ann") for _ in range(9)] == [0] * 9
    limit.hit("ann")
    limit.hit("ann")
    assert 1 <= limit.wait_seconds("ann") <= 2 * 3600
    assert limit.wait_seconds("ben") == 0


def test_clearing_forgets_the_tries() -> None:
    limit = Limit("test.clear", "1/hour")
    assert limit.hit("ann")
    assert not limit.hit("ann")
    limit.clear("ann")
    assert limit.hit("ann")


def test_parts_of_a_name_are_not_mixed_up() -> None:
    limit = Limit("test.parts", "1/hour")
    assert limit.hit("ann", "address")
    assert limit.hit("ann")
    assert limit.hit("address", "ann")


def test_a_rate_that_means_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="rate limit"):
        Limit("test.bad", "often").hit("ann")
