"""Menus that only some followers see (official docs, personalised menus)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.wechat_simulator.person import Person

PLATFORMS = ("1", "2", "3")
TAG, PLATFORM = "tag_id", "client_platform_type"


@dataclass(frozen=True, slots=True)
class ConditionalMenu:
    """A menu and whom it is for: those with the tag as their last one, those with the kind of phone, or both."""

    menu_id: int
    buttons: list[dict[str, Any]]
    rule: Mapping[str, str]

    def matches(self, person: Person) -> bool:
        last_tag = str(person.tags[-1]) if person.tags else ""
        return self.rule.get(TAG, last_tag) == last_tag and self.rule.get(PLATFORM, person.platform) == person.platform
