"""The sandbox's own time: real time moved ahead by an offset, or stopped; it never goes back."""

from collections.abc import Iterator
from contextlib import contextmanager

from jobs.sandbox.stripe.errors import refused
from jobs.sandbox.stripe.store import Store
from models.kernel import clock


def real_seconds() -> float:
    """Real time in seconds, for what happens between processes: signatures, retries, time limits."""
    return clock.machine_now().timestamp()


class Clock:
    """Kept with the objects, so that a restart does not bring yesterday back."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held: int | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether time stands still between advances."""
        return self._store.setting("clock_stopped_at") is not None

    def now(self) -> int:
        """The instant that new objects get, in seconds."""
        if self._held is not None:
            return self._held
        stopped_at = self._store.setting("clock_stopped_at")
        return int(stopped_at) if stopped_at is not None else int(real_seconds() + self._offset)

    def stop(self) -> None:
        """Let time stand still."""
        self._store.set("clock_stopped_at", self.now())

    def start(self) -> None:
        """Let time run on from where it stands."""
        self._store.set("clock_offset", self.now() - real_seconds())
        self._store.set("clock_stopped_at", None)

    def move_to(self, instant: int) -> None:
        """Make it `instant`; refused where that is in the past."""
        if instant < self.now():
            raise refused("The clock only moves forward.", param="now")
        if self.is_stopped:
            self._store.set("clock_stopped_at", instant)
        else:
            self._store.set("clock_offset", instant - real_seconds())

    @contextmanager
    def held_at(self, instant: int) -> Iterator[None]:
        """What happens in the block happened at `instant`: what fell due while time was moved."""
        self._held = instant
        try:
            yield
        finally:
            self._held = None

    @property
    def _offset(self) -> float:
        return float(self._store.setting("clock_offset") or 0)
