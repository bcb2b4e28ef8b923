"""What WeChat sends on an ordinary day: a mix of everything, to a shop with followers."""

from collections import Counter, deque
from random import Random

from infra.local.wechat_simulator.parcel import Parcel
from tests.bench.shop import Shop, openid_of

FOLLOWERS = 1_000
"""Before it begins."""
DUPLICATES = 0.02
RECENT = 200
"""Deliveries back from which one comes again."""
SHARES = {
    "exact keyword": 34,
    "question": 16,
    "menu click": 20,
    "result event": 12,
    "position": 8,
    "new follower": 4,
    "command": 6,
}
QUESTIONS = ("请问你们家几点开门呀", "想问下积分怎么用", "今天天气不错")
KEYS = ("faq:hours", "faq:join", "faq:invoice", "cmd:my_data")


class Mix:
    """The deliveries, one after the other; the same seed tells the same day."""

    def __init__(self, *, seed: int = 11) -> None:
        self.shop = Shop()
        for number in range(FOLLOWERS):
            self.shop.follows(number)
        self.kinds: Counter[str] = Counter()
        self._followers = FOLLOWERS
        self._random = Random(seed)
        self._recent: deque[Parcel] = deque(maxlen=RECENT)

    def next(self) -> Parcel:
        if self._recent and self._random.random() < DUPLICATES:
            self.kinds["duplicate"] += 1
            return self.recent()
        [kind] = self._random.choices(tuple(SHARES), tuple(SHARES.values()))
        self.kinds[kind] += 1
        self._recent.append(self._parcel(kind))
        return self._recent[-1]

    def recent(self) -> Parcel:
        """A delivery that came before."""
        return self._random.choice(self._recent)

    def _parcel(self, kind: str) -> Parcel:
        if kind == "new follower":
            self._followers += 1
            return self.shop.parcel("event.subscribe", openid_of(self._followers - 1), key="qrscene_store-01")
        event, said = self._said(kind)
        return self.shop.parcel(event, openid_of(self._random.randrange(self._followers)), **said)

    def _said(self, kind: str) -> tuple[str, dict[str, str]]:
        match kind:
            case "menu click":
                return "event.click", {"key": self._random.choice(KEYS)}
            case "result event":
                return "event.templatesendjobfinish", {"msgid": str(self._random.getrandbits(40)), "status": "success"}
            case "position":
                return "event.location", {"latitude": f"{self._random.uniform(20, 40):.6f}", "longitude": "121.47"}
            case "question":
                return "text", {"content": self._random.choice(QUESTIONS)}
            case _:
                return "text", {"content": "订阅" if kind == "command" else "新"}
