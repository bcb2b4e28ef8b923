"""Sustained load, in process and over HTTP."""

import gc
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from resource import RUSAGE_SELF, getpagesize, getrusage
from threading import local
from urllib.parse import urlencode, urlsplit

from chalicelib.callbacks import edge
from infra.local.environments import Environments
from infra.local.gateway import Gateway
from infra.local.memory.world import STAGE
from infra.local.wechat_simulator.parcel import Parcel
from tests.bench import pace
from tests.bench.extent import Extent
from tests.bench.mix import SHARES, Mix
from tests.bench.pace import Ran
from tests.bench.report import Bar, Result
from tests.bench.shop import ACCOUNT, log_unread, request
from tests.bench.timing import Spread, milli

RATE = 250
HTTP_RATE = 100
HTTP_SECONDS = 30.0
CLIENTS = 8
RETRIES = 5_000
MIB = 1024 * 1024
SAYS = (
    "Deliveries due at fixed moments; latency counts from then, so that waiting behind others counts. One process "
    "plays WeChat, function and table. Jobs that newcomers leave stay in the table for the workers, which are "
    "functions of their own."
)


def run(extent: Extent) -> tuple[Result, ...]:
    with log_unread():
        return _in_process(extent.seconds), _over_http(min(extent.seconds, HTTP_SECONDS))


def _in_process(seconds: float) -> Result:
    mix = Mix()
    table = mix.shop.world.dynamo
    before, stored = _resident(), len(table)
    ran = pace.run(mix, rate=RATE, seconds=seconds, deliver=_deliver)
    grown, items = _resident() - before, len(table) - stored
    retried = _grown_by_retries(mix)
    rows = (
        ("offered", f"{RATE} a second for {seconds:,.0f} s"),
        ("of which", ", ".join(f"{mix.kinds[kind] / mix.kinds.total():.0%} {kind}" for kind in (*SHARES, "duplicate"))),
        *_rows(ran),
        ("CPU", f"{ran.cpu / ran.seconds:.0%} of one core, WeChat's side and the table's included"),
        (
            "memory",
            f"+{grown / MIB:,.0f} MB, with {items:,} more items in the table: {grown / items / 1024:.1f} KB each",
        ),
        ("memory, retries only", f"{retried / MIB:+,.1f} MB after {RETRIES:,} more deliveries that write nothing"),
    )
    bars = (
        Bar(f"{RATE} callbacks a second are held", f"{ran.rate:.1f} a second", ran.rate >= RATE * 0.99),
        Bar("no delivery fails", f"{ran.errors} errors", ran.errors == 0),
    )
    return Result(SAYS, ("sustained load", "in process"), rows, bars)


def _over_http(seconds: float) -> Result:
    mix = Mix()
    gateway = Gateway(Environments(CLIENTS, stage=STAGE), port=0)
    gateway.start()
    try:
        with ThreadPoolExecutor(CLIENTS) as pool:
            ran = pace.run(mix, rate=HTTP_RATE, seconds=seconds, deliver=_Poster(gateway.url).deliver, pool=pool)
    finally:
        gateway.stop()
    says = f"The same over HTTP: {CLIENTS} connections through `make run`'s gateway, client and server in one process."
    rows = (("offered", f"{HTTP_RATE} a second for {seconds:,.0f} s"), *_rows(ran))
    bar = Bar("no delivery fails", f"{ran.errors} errors", ran.errors == 0)
    return Result(says, ("sustained load", "over HTTP"), rows, (bar,))


def _rows(ran: Ran) -> tuple[tuple[str, str], ...]:
    spread: Spread = ran.latencies
    return (
        ("answered", f"{len(spread.seconds):,}, {ran.rate:.1f} a second, {ran.errors} errors"),
        ("latency", f"median {milli(spread.median)}, p99 {milli(spread.p99)}, longest {milli(spread.most)}"),
    )


def _deliver(parcel: Parcel) -> bool:
    return edge.receive(request(parcel)).status == 200


class _Poster:
    """Posts as WeChat does; every thread keeps a connection."""

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc
        self._mine = local()

    def deliver(self, parcel: Parcel) -> bool:
        if not hasattr(self._mine, "connection"):
            self._mine.connection = HTTPConnection(self._host, timeout=10)
        path = f"/wechat/{ACCOUNT}?{urlencode(parcel.query)}"
        self._mine.connection.request("POST", path, parcel.body, dict(parcel.headers))
        answer = self._mine.connection.getresponse()
        answer.read()
        return bool(answer.status == 200)


def _grown_by_retries(mix: Mix) -> int:
    """What the process keeps of deliveries of which the table keeps nothing."""
    before = _resident()
    for _ in range(RETRIES):
        _deliver(mix.recent())
    return _resident() - before


def _resident() -> int:
    """Bytes of this process in memory; where the system does not tell, the most there ever were."""
    gc.collect()
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text(encoding="ascii").split()[1]) * getpagesize()
    return getrusage(RUSAGE_SELF).ru_maxrss * 1024
