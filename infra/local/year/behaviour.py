"""What people do: when they come by, what they do then, and what a message makes of them. Pure but for the lots that
are drawn. Where the numbers come from, and what is merely assumed, stands in docs/demo.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import Any, Literal, TypeAlias

from chalicelib.clock import SHANGHAI
from infra.local.demo import content
from infra.local.year.people import Person

Kind: TypeAlias = Literal["points", "season", "answer", "mass", "weekly"]
Deed: TypeAlias = Literal["nothing", "comes", "leaves", "mutes", "opts_out"]
Act: TypeAlias = tuple[str, Mapping[str, str]]
"""One of the simulator's acts, and what is given to it."""

POINTS, SEASON, NEWS = "points-expiring", "season-arrival", "shop-news"
"""The shop's templates: of the member's own account, of what they subscribed to, of whatever there is to say."""
REFUSE = "退订"
WELCOME: Mapping[Kind, float] = {"points": 1.0, "season": 1.0, "answer": 0.6, "mass": 0.5, "weekly": 0.5}
"""How well a message does in bringing somebody back, beside one that concerns them."""
TIRES = 0.85
"""What is left of its effect with each other message within 30 days."""
UNNOTICED = 0.4
"""What is left of its effect at an hour at which they never look."""
ANNOYS = 0.001
"""The chance that somebody is put off by a message that is none too many."""
TOO_MANY, MOST_ANNOYED = 0.02, 0.3
"""The chance of that by the first one too many, which doubles with each other; and its limit."""
RECENT = timedelta(days=30)
"""The messages that people remember."""
LEAVE, MUTE = 0.60, 0.25
"""Shares of the annoyed; the others refuse by words where a message tells them how, or leave."""
STAYS_AGAIN = 0.5
"""The chance that who was brought back comes by again."""
WAYS_TO_ASK = ("{}", "{}", "{}", "请问{}", "你好，{}", "{}呢")
STRANGE = ("你们收旧家电吗", "能帮我带份早餐吗", "有没有兼职", "电梯坏了找谁")
"""What the shop's FAQ knows nothing of."""
MENU = ("faq:delivery-time", "faq:points-use", "faq:member-day", "faq:hours", "cmd:my_data")


@dataclass(frozen=True, slots=True)
class Visit:
    """When somebody comes by next. `silent` is a silence until then."""

    at: datetime
    silent: bool


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a message makes somebody do, and when they do it."""

    deed: Deed
    at: datetime


def next_visit(person: Person, after: datetime, random: Random, *, was_won: bool = False) -> Visit:
    """Interest fades with a chance at each visit (as in the BG/NBD model), and comes back by itself in the end."""
    silent = random.random() < (1 - STAYS_AGAIN if was_won else person.fades)
    mean = person.away / timedelta(days=1) if silent else 7 / person.per_week
    return Visit(soon(person, after + timedelta(days=random.expovariate(1 / mean)), random), silent)


def doings(person: Person, random: Random, *, is_first: bool) -> tuple[Act, ...]:
    """What somebody does at a visit."""
    acts: list[Act] = []
    if is_first and random.random() < 0.3:
        acts.append(("say", {"text": random.choice("新老")}))
    lot = random.random()
    if lot < 0.55:
        acts.append(("say", {"text": _question(random)}))
    elif lot < 0.80:
        acts.append(("click", {"key": random.choice(MENU)}))
    else:
        acts.append(("scan", {"scene": "store-01"}))
    if random.random() < 0.3 * person.accepts:
        acts.append(("accept", {"template_id": SEASON}))
    return tuple(acts)


def kind_of(message: Mapping[str, Any]) -> Kind:
    """What a message is to its reader."""
    match message.get("template_id"):
        case "points-expiring":
            return "points"
        case "season-arrival":
            return "season"
        case "shop-news":
            return "weekly"
        case _:
            return "mass" if REFUSE in str(message.get("text", "")) else "answer"


def reaction(person: Person, kind: Kind, *, at: datetime, recent: int, silent: bool, random: Random) -> Reaction:
    """`recent` counts the messages within the last 30 days, this one too. Three lots are drawn, whatever comes."""
    annoyed, how, moved = random.random(), random.random(), random.random()
    moment = soon(person, at, random)
    if annoyed < annoyance(person, kind, recent):
        return Reaction(_protest(kind, how), moment)
    if silent and moved < appeal(person, kind, at, recent):
        return Reaction("comes", moment)
    return Reaction("nothing", at)


def annoyance(person: Person, kind: Kind, recent: int) -> float:
    """The chance that a message puts somebody off."""
    excess = recent - person.bears
    if excess <= 0:
        return ANNOYS * (0.5 if kind in ("points", "season") else 1.0)
    return min(MOST_ANNOYED, TOO_MANY * 2.0 ** (excess - 1))


def appeal(person: Person, kind: Kind, at: datetime, recent: int) -> float:
    """The chance that a message ends a silence."""
    hour = person.hours[at.astimezone(SHANGHAI).hour] / max(person.hours)
    noticed = UNNOTICED + (1 - UNNOTICED) * hour
    return float(person.answers * WELCOME[kind] * TIRES ** (recent - 1) * noticed)


def soon(person: Person, after: datetime, random: Random) -> datetime:
    """Within a day, at an hour that suits them."""
    hour = random.choices(range(24), person.hours)[0]
    day = datetime.combine(after.astimezone(SHANGHAI).date(), time(hour), SHANGHAI)
    moment = day + timedelta(seconds=random.randrange(3600))
    return moment if moment > after else moment + timedelta(days=1)


def _protest(kind: Kind, how: float) -> Deed:
    if how < LEAVE:
        return "leaves"
    if how < LEAVE + MUTE:
        return "mutes"
    return "opts_out" if kind == "mass" else "leaves"


def _question(random: Random) -> str:
    if random.random() < 0.05:
        return random.choice(STRANGE)
    return random.choice(WAYS_TO_ASK).format(random.choice(QUESTIONS))


QUESTIONS = tuple(
    question for entry in content.shop().entries for question in (entry.title, *entry.questions) if len(question) > 1
)
