"""How far a demonstration has moved its clock ahead: kept in DATA_DIR, where all its processes see it at once."""

import os
from datetime import timedelta
from pathlib import Path

from models.kernel.settings import get_settings

FILE = "demo_clock"
NOT_MOVED = timedelta()

# The file's last change and what it said, so that a reading costs one look at the folder.
_known: tuple[int, timedelta] = (0, NOT_MOVED)


def moved_by() -> timedelta:
    """The distance to the machine's clock; none where a Stripe key is set, as then the money is not play money."""
    global _known  # noqa: PLW0603 -- the one thing this module remembers
    settings = get_settings()
    path = settings.data_dir / FILE
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return NOT_MOVED
    if settings.stripe_secret_key.get_secret_value():
        return NOT_MOVED
    if changed != _known[0]:
        _known = (changed, _read(path))
    return _known[1]


def move_by(further: timedelta) -> timedelta:
    """Move on by so much, never back; returns the new distance. Every process follows with its next look."""
    if further < NOT_MOVED:
        msg = "the clock only moves forward"
        raise ValueError(msg)
    distance = moved_by() + further
    path = get_settings().data_dir / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(str(int(distance.total_seconds())), "ascii")
    fresh.replace(path)
    return distance


def _read(path: Path) -> timedelta:
    try:
        return timedelta(seconds=max(int(path.read_text("ascii")), 0))
    except (OSError, ValueError):
        # Damaged by hand: real time is always a sensible time.
        return NOT_MOVED
