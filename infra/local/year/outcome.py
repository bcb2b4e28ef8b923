"""What came of a year, as counted among the people, not by the product."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self


@dataclass(slots=True)
class Outcome:
    """One way to treat silent followers. The lists have one number per day."""

    way: str
    days: list[str] = field(default_factory=list)
    followers: list[int] = field(default_factory=list)
    """At the end of the day."""
    lively: list[int] = field(default_factory=list)
    """Followers who came by within 30 days."""
    joined: int = 0
    left: int = 0
    put_off: int = 0
    """Of those who left: because of a message."""
    muted: int = 0
    refused: int = 0
    """Who wrote 退订."""
    visits: int = 0
    won: dict[str, int] = field(default_factory=dict)
    """Silences that a message ended, by what it was: the truth that no shop knows."""
    heard: dict[str, int] = field(default_factory=dict)
    """Messages that arrived, by what they were to their readers."""
    calls: dict[str, int] = field(default_factory=dict)
    """Of WeChat's API, by path."""
    busiest: dict[str, int] = field(default_factory=dict)
    """The most calls of one day."""
    paused: dict[str, str] = field(default_factory=dict)
    """Kinds of pushes that the watch has paused, and why."""
    watched: int = 0
    """Runs of the watch that could have found something."""
    seconds: float = 0.0
    """CPU time that the year took."""

    def counted(self, day: str, *, followers: int, lively: int, calls: Mapping[str, int]) -> None:
        """The end of a day; `calls` since the beginning."""
        self.days.append(day)
        self.followers.append(followers)
        self.lively.append(lively)
        for path, number in calls.items():
            of_day = number - self.calls.get(path, 0)
            self.busiest[path] = max(self.busiest.get(path, 0), of_day)
        self.calls = dict(calls)

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Self:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(**said)
