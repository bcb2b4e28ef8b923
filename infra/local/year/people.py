"""Who follows the shop: a crowd drawn by lot, the same under the same seed. Where its numbers come from, and what is
merely assumed, stands in docs/demo.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

HABITS: Sequence[tuple[int, ...]] = (
    (0, 0, 0, 0, 0, 1, 6, 9, 6, 3, 2, 2, 2, 1, 1, 1, 1, 2, 2, 2, 1, 1, 0, 0),
    (0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 3, 7, 9, 6, 2, 1, 1, 2, 2, 2, 2, 1, 0, 0),
    (0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 3, 3, 3, 4, 4, 5, 7, 3, 2, 1, 1, 0, 0),
    (0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 1, 1, 1, 2, 3, 6, 9, 9, 6, 2, 0),
    (1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 1, 1, 1, 1, 2, 4, 6, 9, 8, 4),
)
"""How often people who rise early, look at noon, from the office, in the evening, late, take up their phones in each
hour of the day."""
SCENES = ("store-01", "store-01", "flyer-03", "")
"""The channels that they come by; half of them at the till."""
LEAVES_PER_DAY = 0.0006
PATIENCE = ((0.10, 1, 3), (0.47, 4, 11), (0.80, 12, 30), (1.00, 60, 60))
"""Up to which share of the people bear from how many to how many messages within 30 days."""


@dataclass(frozen=True, slots=True)
class Person:
    """What no message changes about somebody."""

    number: int
    joins_at: datetime
    scene: str
    """Empty for who found the account by searching."""
    hours: tuple[int, ...]
    """How likely each hour of the day is (Asia/Shanghai), as weights."""
    per_week: float
    """Visits, while they are interested."""
    fades: float
    """The chance that a visit was the last one for now."""
    away: timedelta
    """How long a silence lasts on average that nobody breaks."""
    stays: timedelta
    """After which they leave without any reason that the shop could see."""
    bears: int
    """Messages within 30 days that do not annoy them."""
    answers: float
    """The chance that a welcome message ends their silence."""
    accepts: float
    """The chance that they tap 允许 when a visit offers a subscription."""
    buys: float
    """The chance that a visit is a purchase, which the till tells us."""


def crowd(people: int, *, start: datetime, days: int, seed: int) -> tuple[Person, ...]:
    """So many people, who come within these days: more of them in the beginning."""
    return tuple(_drawn(number, start, days, lots(seed, number, "person")) for number in range(people))


def lots(seed: int, number: int, what: str) -> Random:
    """A stream of lots of somebody's own: what others do, or what is drawn for something else, does not move it."""
    return Random(f"{seed}/{number}/{what}")  # noqa: S311 - repeatable on purpose


def _drawn(number: int, start: datetime, days: int, random: Random) -> Person:
    hours = random.choice(HABITS)
    return Person(
        number,
        _joined(start, days, hours, random),
        random.choice(SCENES),
        hours,
        per_week=max(0.1, random.gammavariate(2.0, 0.5)),
        fades=random.betavariate(1.2, 6.0),
        away=timedelta(days=random.gammavariate(4.0, 40.0)),
        stays=timedelta(days=random.expovariate(LEAVES_PER_DAY)),
        bears=_bears(random),
        answers=random.betavariate(2.0, 8.0),
        accepts=random.betavariate(1.0, 2.0),
        buys=random.betavariate(3.0, 3.0),
    )


def _joined(start: datetime, days: int, hours: Sequence[int], random: Random) -> datetime:
    day = int(days * random.random() ** 2)
    hour = random.choices(range(24), hours)[0]
    return start + timedelta(days=day, hours=hour, seconds=random.randrange(3600))


def _bears(random: Random) -> int:
    lot = random.random()
    return next(random.randint(least, most) for share, least, most in PATIENCE if lot < share)
