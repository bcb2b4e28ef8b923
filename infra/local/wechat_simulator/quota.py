"""How often each path was called, by day and by minute, and how often the counters may be cleared."""

from datetime import datetime, timedelta, timezone

from infra.local.wechat_simulator.limits import CLEAR_ALL_PER_MONTH, CLEAR_ONE_PER_MONTH
from infra.local.wechat_simulator.switches import Switches


def local(now: datetime, switches: Switches) -> datetime:
    """The platform's wall clock, by which days and months turn."""
    return now.astimezone(timezone(timedelta(hours=switches.utc_offset_hours)))


def day_of(now: datetime, switches: Switches) -> str:
    return local(now, switches).strftime("%Y-%m-%d")


def month_of(now: datetime, switches: Switches) -> str:
    return local(now, switches).strftime("%Y-%m")


class Counter:
    """Counts per path within a period; a new period starts from zero."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[str, int]] = {}

    def used(self, path: str, period: str) -> int:
        counted, count = self._counts.get(path, ("", 0))
        return count if counted == period else 0

    def add(self, path: str, period: str) -> None:
        self._counts[path] = (period, self.used(path, period) + 1)

    def clear(self, path: str) -> None:
        self._counts.pop(path, None)

    def paths(self) -> tuple[str, ...]:
        return tuple(self._counts)


class Quota:
    """One account's counters."""

    def __init__(self) -> None:
        self._days = Counter()
        self._minutes = Counter()
        self._clearings = Counter()

    def refusal(self, path: str, now: datetime, switches: Switches) -> int | None:
        """Count the call, or say 45009 (day used up) or 45011 (minute used up)."""
        day, minute = day_of(now, switches), now.strftime("%Y%m%d%H%M")
        if self._days.used(path, day) >= self.daily_limit(path, switches):
            return 45009
        limit = switches.minute_limits.get(path)
        if limit is not None and self._minutes.used(path, minute) >= limit:
            return 45011
        self._days.add(path, day)
        self._minutes.add(path, minute)
        return None

    def daily_limit(self, path: str, switches: Switches) -> int:
        return switches.daily_limits.get(path, switches.default_daily_limit)

    def used(self, path: str, now: datetime, switches: Switches) -> int:
        return self._days.used(path, day_of(now, switches))

    def clear_all(self, now: datetime, switches: Switches) -> bool:
        """Ten times a month."""
        if not self._may_clear("*", CLEAR_ALL_PER_MONTH, now, switches):
            return False
        for path in self._days.paths():
            if switches.clear_quota_resets_mass or not path.startswith("/cgi-bin/message/mass/"):
                self._days.clear(path)
        return True

    def clear(self, path: str, now: datetime, switches: Switches) -> bool:
        """Fifty times a month over all paths."""
        if not self._may_clear("one", CLEAR_ONE_PER_MONTH, now, switches):
            return False
        self._days.clear(path)
        return True

    def _may_clear(self, what: str, limit: int, now: datetime, switches: Switches) -> bool:
        month = month_of(now, switches)
        if self._clearings.used(what, month) >= limit:
            return False
        self._clearings.add(what, month)
        return True
