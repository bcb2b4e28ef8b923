"""What every Lambda needs at its door: a log line per happening, metrics, a deadline, and a last net."""

import json
import logging
import time
import traceback
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from chalicelib.errors import AppError, Broken
from chalicelib.settings import stage

P = ParamSpec("P")
R = TypeVar("R")

SERVICE = "huiyuan"
_OF_EVERY_RECORD = frozenset(vars(logging.makeLogRecord({})))
_ENCODE = json.JSONEncoder(default=str, ensure_ascii=False, separators=(",", ":")).encode


class Lines(LambdaPowertoolsFormatter):
    """One JSON object per line: what happened, and the values given with it. No traceback: it could hold a message.

    Powertools' own formatter takes three times as long, for keys that none of our lines has.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "level": record.levelname,
            "message": record.getMessage(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "service": SERVICE,
        }
        line |= {name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}
        return _ENCODE(line)


log = Logger(service=SERVICE, logger_formatter=Lines())
"""JSON, one line per thing that happened: a dotted name, then values. Never a secret, a text or a bare openid."""

logging.getLogger("urllib3").setLevel(logging.WARNING)  # its debug lines carry query strings, so tokens
logging.getLogger("wechatpy").setLevel(logging.WARNING)


def count(name: str, amount: float = 1, *, unit: str = "Count", **dimensions: str) -> None:
    """Emit one CloudWatch metric (EMF line): for the stage as a whole, which is what alarms watch, and once more by
    `dimensions`. These are few and bounded: account, kind, outcome."""
    metrics = EphemeralMetrics(namespace="Huiyuan")
    metrics.add_metric(name=name, unit=MetricUnit(unit), value=amount)
    metrics.add_dimension(name="stage", value=stage())
    if dimensions:
        metrics.add_dimensions(stage=stage(), **dimensions)
    metrics.flush_metrics()


def door(entry: Callable[P, R]) -> Callable[P, R]:
    """Log and count what no one expected, then raise: a queue or a schedule must see the failure.

    Lambda logs the message of what is raised, so a message that is not ours stays behind.
    """

    @wraps(entry)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return entry(*args, **kwargs)
        except Exception as error:
            failed(entry.__name__, error)
            if isinstance(error, AppError):
                raise
            raise Broken(f"{entry.__name__}: {type(error).__name__}") from None

    return guarded


def each(
    records: Iterable[str], work: Callable[[str], None], *, name: str, least: float, left: Callable[[], float]
) -> None:
    """Do every record of a batch. An error of one is logged and counted, and the batch goes on; with less than
    `least` seconds left it stops, because what it leaves is still due."""
    for record in records:
        if left() < least:
            log.warning("door.out_of_time", extra={"door": name})
            return
        try:
            work(record)
        except Exception as error:
            failed(name, error)


def seconds_left(context: Any) -> Callable[[], float]:
    """How long Lambda lets the invocation run on."""
    return lambda: float(context.get_remaining_time_in_millis()) / 1000


def answering(entry: Callable[[], R], *, name: str, instead: R) -> Callable[[], R]:
    """For HTTP: what no one expected is logged, counted and answered with `instead`."""

    def guarded() -> R:
        try:
            return entry()
        except Exception as error:
            failed(name, error)
            return instead

    return guarded


def failed(name: str, error: Exception) -> None:
    """One error line: where and which class. The message stays out, it may hold what a follower wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    where = " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in reversed(frames))
    log.error("door.failed", extra={"door": name, "error": type(error).__name__, "where": where})
    count("Failed", door=name)


class Deadline:
    """Seconds that are left for an answer, on the monotonic clock."""

    def __init__(self, seconds: float, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Seconds left; negative when it has passed."""
        return self._end - self._monotonic()
