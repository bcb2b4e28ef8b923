"""What a message costs in CPU, beside servers that only echo it."""

from dataclasses import replace
from itertools import cycle, islice, product
from pathlib import Path
from tempfile import TemporaryDirectory

from wechatpy.crypto import WeChatCrypto

from chalicelib.faq.engine import exact_texts
from chalicelib.runtime import use
from chalicelib.store.release import FaqEntry, Release
from chalicelib.wechat.tree import tree
from infra.local.demo import content
from infra.local.wechat_simulator import Account
from infra.local.wechat_simulator.parcel import Parcel
from tests.bench import contestants
from tests.bench.contestants import Contestant
from tests.bench.extent import Extent
from tests.bench.report import Bar, Result
from tests.bench.shop import Shop, log_unread
from tests.bench.still import StillRuntime
from tests.bench.timing import Spread, cpu, micro, milli

BLOCK = 100
"""Messages that a contestant answers before it is the next one's turn."""
WARM = 20
"""The first of each block, which are not counted: every contestant finds the caches full of others."""
FOLLOWERS = 50
TEXTS = {"an exact keyword": "新", "a command": "订阅"}
QUESTION = "请问你们家的配送范围大概有多远"
PHRASINGS = 1_000
BASE = "Flask"
SAYS = (
    "The same sealed message, in the same process, in turns of {turn} messages each. CPU time (`time.process_time`) "
    "from the parsed request to the sealed reply, collections of garbage included. Where boto3 and the network would "
    "be, Huiyuan finds answers that lie ready. Huiyuan decides, writes a transaction and a log line; the others send "
    "back what came."
)


def run(extent: Extent) -> tuple[Result, ...]:
    with TemporaryDirectory() as directory, log_unread():
        compared = (_compare(what, text, extent, Path(directory)) for what, text in TEXTS.items())
        return (*compared, _search(extent))


def _compare(what: str, text: str, extent: Extent, directory: Path) -> Result:
    shop = _still_shop()
    field = _field(shop.account, directory / f"{what}.sqlite3")
    spreads = _measure(field, shop, text, extent.rounds)
    ours = spreads[field[0].name]
    base = next(spread for name, spread in spreads.items() if name.startswith(BASE))
    rows = tuple(
        (name, micro(one.median), micro(one.mean), micro(one.p99), _share(one.median, base.median),
         _share(one.mean, base.mean))
        for name, one in spreads.items()
    )  # fmt: skip
    bar = Bar(
        "the handler's median is at most 1.0 × Flask + wechatpy",
        f"{_share(ours.median, base.median)} × ({_share(ours.mean, base.mean)} × in the mean)",
        ours.median <= base.median,
    )
    head = (f"CPU per message: {what}", "median", "mean", "p99", f"median to {BASE}'s", f"mean to {BASE}'s")
    return Result(SAYS.format(turn=BLOCK), head, rows, (bar,))


def _share(one: float, other: float) -> str:
    return f"{one / other:.2f}"


def _field(account: Account, session: Path) -> tuple[Contestant, ...]:
    """Ours first."""
    others = (contestants.werobot(account, session=None), contestants.werobot(account, session=session))
    return (
        contestants.our_edge(),
        contestants.our_lambda(),
        contestants.flask_and_wechatpy(account),
        *filter(None, others),
    )


def _still_shop(release: Release | None = None) -> Shop:
    """With followers, and from now on nothing changes there."""
    shop = Shop(release)
    for number in range(FOLLOWERS):
        shop.follows(number)
    use(StillRuntime(shop.world))
    return shop


def _measure(field: tuple[Contestant, ...], shop: Shop, text: str, rounds: int) -> dict[str, Spread]:
    """In turns, each time beginning with another."""
    seconds: list[list[float]] = [[] for _ in field]
    for turn in range(rounds):
        parcels = _parcels(shop, text)
        for place in range(len(field)):
            chosen = (place + turn) % len(field)
            seconds[chosen] += _block(field[chosen], parcels)
    for contestant in field:
        _check(contestant, shop, text)
    return {contestant.name: Spread.of(found) for contestant, found in zip(field, seconds, strict=True)}


def _parcels(shop: Shop, text: str) -> list[Parcel]:
    openids = islice(cycle(shop.openids(FOLLOWERS)), BLOCK)
    return [shop.parcel("text", openid, content=text) for openid in openids]


def _block(contestant: Contestant, parcels: list[Parcel]) -> list[float]:
    ready = [contestant.prepare(parcel) for parcel in parcels]
    return [cpu(serve) for serve in ready][WARM:]


def _check(contestant: Contestant, shop: Shop, text: str) -> None:
    """A contestant that did not answer would be fast."""
    [parcel, *_] = _parcels(shop, text)
    sealed = tree(contestant.prepare(parcel)().strip().encode())
    crypto = WeChatCrypto(shop.account.token, shop.account.aes_key, shop.account.appid)
    names = ("MsgSignature", "TimeStamp", "Nonce")
    opened = crypto.decrypt_message(sealed, *(str(sealed[name]) for name in names))
    if "<Content>" not in str(opened):
        raise RuntimeError(f"{contestant.name} did not answer")


def _search(extent: Extent) -> Result:
    shop = _still_shop(_large_release())
    ours = contestants.our_edge()
    seconds = (one for _ in range(extent.rounds) for one in _block(ours, _parcels(shop, QUESTION)))
    spread = Spread.of(seconds)
    says = f"A question that no phrasing equals, in a release of {PHRASINGS:,} phrasings: CPU of the handler as above."
    row = ("a question that is searched for", milli(spread.median), milli(spread.mean), milli(spread.p99))
    bar = Bar(f"p99 is at most 5 ms with a search over {PHRASINGS:,} phrasings", milli(spread.p99), spread.p99 <= 0.005)
    return Result(says, ("CPU per message", "median", "mean", "p99"), (row,), (bar,))


def _large_release() -> Release:
    """The demo's questions, asked in more ways."""
    release = content.shop()
    ways = ("请问{}", "我想问一下{}", "{}呢", "你好，{}", "{}谢谢", "麻烦问下{}")
    left = PHRASINGS - sum(len(exact_texts(entry)) for entry in release.entries)
    asked = (
        (entry.entry_id, way.format(text)) for way, entry in product(ways, release.entries) for text in entry.questions
    )
    more: dict[str, tuple[str, ...]] = {}
    for entry_id, text in islice(asked, max(left, 0)):
        more[entry_id] = (*more.get(entry_id, ()), text)
    return replace(release, entries=tuple(_with(entry, more.get(entry.entry_id, ())) for entry in release.entries))


def _with(entry: FaqEntry, questions: tuple[str, ...]) -> FaqEntry:
    return replace(entry, questions=(*entry.questions, *questions))
