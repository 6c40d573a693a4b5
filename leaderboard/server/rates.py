"""Rates: a bucket of permits for each who asks, refilled steadily (the token bucket of RFC 2697, section 2).

They are counted in the memory of one process. What must hold for all processes, the quota, is counted in the database.
"""

import time
from collections.abc import Callable
from threading import Lock

MOST_BUCKETS = 20_000


class Rate:
    """So many a second in the long run, and at once no more than `burst`."""

    def __init__(self, per_second: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_second, self.burst, self.clock = per_second, burst, clock
        self._left: dict[str, tuple[float, float]] = {}  # who → permits, and when there were that many
        self._lock = Lock()

    def take(self, who: str) -> float:
        """Take a permit; 0, or the seconds until there is one."""
        with self._lock:
            now = self.clock()
            left, since = self._left.pop(who, (self.burst, now))
            left = min(self.burst, left + (now - since) * self.per_second)
            is_allowed = left >= 1
            self._left[who] = (left - is_allowed, now)
            if len(self._left) > MOST_BUCKETS:
                del self._left[next(iter(self._left))]  # who has not asked for longest
        return 0.0 if is_allowed else (1 - left) / self.per_second
