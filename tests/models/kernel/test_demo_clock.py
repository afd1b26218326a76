"""A demonstration's clock moves ahead for everybody, and only where no real money can move."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.kernel import clock, demo_clock
from tests.fixtures.configured import Configure

DAY = timedelta(days=1)
MOMENT = timedelta(seconds=5)


@pytest.fixture(autouse=True)
def _folder(configure: Configure, tmp_path: Path) -> None:
    configure(DATA_DIR=str(tmp_path), STRIPE_SECRET_KEY="")


def test_it_moves_on_and_never_back() -> None:
    assert demo_clock.moved_by() == timedelta()
    demo_clock.move_by(DAY)
    assert demo_clock.move_by(2 * DAY) == 3 * DAY
    ahead = clock.now() - datetime.now(UTC)
    assert abs(ahead - 3 * DAY) < MOMENT
    assert abs(clock.machine_now() - datetime.now(UTC)) < MOMENT
    with pytest.raises(ValueError, match="forward"):
        demo_clock.move_by(-DAY)


def test_another_process_sees_it_at_its_next_look(tmp_path: Path) -> None:
    demo_clock.move_by(DAY)
    (tmp_path / demo_clock.FILE).write_text("7200")
    assert demo_clock.moved_by() == timedelta(hours=2)
    (tmp_path / demo_clock.FILE).write_text("a few days")
    assert demo_clock.moved_by() == timedelta()


def test_with_a_key_of_stripe_time_is_real(configure: Configure) -> None:
    demo_clock.move_by(DAY)
    configure(STRIPE_SECRET_KEY="sk_test_of_the_tests")
    assert demo_clock.moved_by() == timedelta()


def test_a_pinned_clock_stays_where_it_is() -> None:
    demo_clock.move_by(DAY)
    with clock.pinned(datetime(2026, 1, 1, tzinfo=UTC)):
        assert clock.now() == clock.machine_now() == datetime(2026, 1, 1, tzinfo=UTC)
