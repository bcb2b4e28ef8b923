"""All that WeChat keeps for one account besides its followers."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from infra.local.wechat_simulator.account import Account
from infra.local.wechat_simulator.articles import Draft, Publication
from infra.local.wechat_simulator.authorizations import Authorizations
from infra.local.wechat_simulator.breaker import Breaker
from infra.local.wechat_simulator.media import MediaStore
from infra.local.wechat_simulator.menus import ConditionalMenu
from infra.local.wechat_simulator.pay.orders import Order
from infra.local.wechat_simulator.person import Person
from infra.local.wechat_simulator.quota import Quota
from infra.local.wechat_simulator.tokens import Tokens

STAR_TAG = 2
FIRST_OWN_TAG = 100
FIRST_MENU = 433_000_000


@dataclass(frozen=True, slots=True)
class QrCode:
    """A parametric QR code. `expires_at` is None for a permanent one."""

    scene: str
    ticket: str
    url: str
    is_number: bool
    expires_at: datetime | None = None
    name: str = ""

    def is_live(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at

    def as_json(self) -> dict[str, object]:
        told: dict[str, object] = {
            "scene": self.scene,
            "ticket": self.ticket,
            "url": self.url,
            "permanent": self.expires_at is None,
        }
        if self.expires_at:
            told["expires_at"] = self.expires_at.isoformat()
        return told | ({"name": self.name} if self.name else {})


@dataclass(frozen=True, slots=True)
class Keyword:
    """One line of a template: its key, such as `thing1`, and the words before the value."""

    key: str
    name: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A template of the account. `is_legacy` ones (行业模板) have no field rules."""

    template_id: str
    title: str
    keywords: tuple[Keyword, ...]
    is_legacy: bool = False
    is_long_term: bool = False

    @property
    def content(self) -> str:
        return "\n".join(f"{one.name}:{{{{{one.key}.DATA}}}}" for one in self.keywords)

    def as_json(self) -> dict[str, object]:
        keywords = [{"key": one.key, "name": one.name} for one in self.keywords]
        return {"template_id": self.template_id, "title": self.title, "content": self.content, "keywords": keywords}


@dataclass(slots=True)
class Mass:
    """One mass send."""

    msg_id: int
    at: datetime
    done_at: datetime
    is_deleted: bool = False

    def status(self, now: datetime) -> str:
        if self.is_deleted:
            return "DELETE"
        return "SEND_SUCCESS" if now >= self.done_at else "SENDING"


class Memory:
    """Remembers a number per key for a while: what a deduplication key was used for."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[datetime, int]] = {}

    def recall(self, key: tuple[str, str], now: datetime, *, seconds: float) -> tuple[datetime, int] | None:
        kept = self._kept.get(key)
        return kept if kept and now - kept[0] < timedelta(seconds=seconds) else None

    def keep(self, key: tuple[str, str], now: datetime, number: int) -> None:
        self._kept[key] = (now, number)

    def forget_before(self, moment: datetime) -> None:
        while self._kept:
            key = next(iter(self._kept))
            if self._kept[key][0] >= moment:
                return
            del self._kept[key]


@dataclass(slots=True)
class AccountState:
    """Mutable; whoever touches it holds the world's lock."""

    account: Account
    tokens: Tokens
    authorizations: Authorizations
    quota: Quota = field(default_factory=Quota)
    breaker: Breaker = field(default_factory=Breaker)
    people: dict[str, Person] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=lambda: {STAR_TAG: "星标组"})
    next_tag: int = FIRST_OWN_TAG
    templates: dict[str, Template] = field(default_factory=dict)
    subscriptions: dict[str, Template] = field(default_factory=dict)
    menu: list[dict[str, Any]] = field(default_factory=list)
    menu_id: int = 0
    last_menu_id: int = FIRST_MENU
    conditional_menus: list[ConditionalMenu] = field(default_factory=list)
    qrcodes: dict[str, QrCode] = field(default_factory=dict)
    qrcodes_by_scene: dict[str, list[str]] = field(default_factory=dict)
    permanent_qrcodes: int = 0
    masses: dict[int, Mass] = field(default_factory=dict)
    sent_templates: Memory = field(default_factory=Memory)
    sent_masses: Memory = field(default_factory=Memory)
    mass_to_all: dict[str, int] = field(default_factory=dict)
    ticket: tuple[str, datetime] | None = None
    roster: list[str] | None = None
    media: MediaStore = field(default_factory=MediaStore)
    drafts: dict[str, Draft] = field(default_factory=dict)
    publications: dict[str, Publication] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)

    def new_menu_id(self) -> int:
        self.last_menu_id += 1
        return self.last_menu_id

    def menu_of(self, person: Person) -> tuple[list[dict[str, Any]], int]:
        """The buttons that the person sees and the menu's number: the newest that matches, else the default menu."""
        for one in reversed(self.conditional_menus):
            if one.matches(person):
                return one.buttons, one.menu_id
        return self.menu, self.menu_id

    def has_media(self, media_id: str, now: datetime) -> bool:
        return media_id in self.drafts or self.media.find(media_id, now) is not None

    def followers_after(self, openid: str, count: int) -> tuple[list[str], int]:
        """Up to `count` following openids behind `openid`, and how many follow in all."""
        if self.roster is None:
            self.roster = sorted(one.openid for one in self.people.values() if one.following)
        start = bisect_right(self.roster, openid) if openid else 0
        return self.roster[start : start + count], len(self.roster)

    def add_qrcode(self, code: QrCode) -> None:
        self.qrcodes[code.ticket] = code
        self.qrcodes_by_scene.setdefault(code.scene, []).append(code.ticket)
        self.permanent_qrcodes += code.expires_at is None

    def qrcode_of(self, scene: str, now: datetime) -> QrCode | None:
        """The code with this scene: a live one before an expired one."""
        codes = [self.qrcodes[ticket] for ticket in self.qrcodes_by_scene.get(scene, ())]
        return max(codes, key=lambda one: one.is_live(now)) if codes else None
