"""Rate limits on the `limits` library: Redis where there is one, else in this process."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from time import time

from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from models.kernel.settings import get_settings


@lru_cache(maxsize=1)
def _limiter() -> SlidingWindowCounterRateLimiter:
    return SlidingWindowCounterRateLimiter(storage_from_string(get_settings().redis_url or "memory://"))


@dataclass(frozen=True, slots=True)
class Limit:
    """A named limit, e.g. `Limit("sign_in.address", "20/15minutes")`."""

    name: str
    rate: str

    @property
    def _item(self) -> RateLimitItem:
        return parse(self.rate)

    def wait_seconds(self, *who: str) -> int:
        """Seconds until the next try is let through; 0 while there is room. Counts nothing."""
        if _limiter().test(self._item, self.name, *who):
            return 0
        window = _limiter().get_window_stats(self._item, self.name, *who)
        return max(ceil(window.reset_time - time()), 1)

    def hit(self, *who: str) -> bool:
        """Count one try; False where the limit is reached."""
        return _limiter().hit(self._item, self.name, *who)

    def clear(self, *who: str) -> None:
        """Forget the tries counted so far."""
        _limiter().clear(self._item, self.name, *who)
