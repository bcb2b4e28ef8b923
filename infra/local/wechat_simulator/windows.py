"""When the account may send customer-service messages (official docs, 2023-06 rule)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from infra.local.wechat_simulator.switches import Switches

MENU_EVENTS = ("click", "scancode_push", "scancode_waitmsg")


@dataclass(frozen=True, slots=True)
class Window:
    """So many messages until then. `kind` is what opened it: message, menu, follow or scan."""

    kind: str
    left: int
    until: datetime

    def is_open(self, now: datetime) -> bool:
        return now < self.until

    def used(self) -> Self:
        return replace(self, left=self.left - 1)

    def as_json(self) -> dict[str, object]:
        return {"kind": self.kind, "left": self.left, "until": self.until.isoformat()}


def trigger_of(msg_type: str, event: str, *, is_menu_tap: bool) -> str | None:
    """Which window an act opens, if any. A tapped msgmenu item counts as a menu click."""
    if msg_type != "event":
        return "menu" if is_menu_tap else "message"
    if event.lower() in MENU_EVENTS:
        return "menu"
    return {"subscribe": "follow", "scan": "scan"}.get(event.lower())


def opened(current: Window | None, kind: str, *, now: datetime, switches: Switches) -> Window:
    """The window after a trigger: allowances do not add up, the larger one holds."""
    count, seconds = switches.message_window if kind == "message" else switches.short_window
    fresh = Window(kind, int(count), now + timedelta(seconds=seconds))
    if not switches.windows_merge or current is None or not current.is_open(now):
        return fresh
    longer = current if current.until > fresh.until else fresh
    return Window(longer.kind, max(current.left, fresh.left), longer.until)
