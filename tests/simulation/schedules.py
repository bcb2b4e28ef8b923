"""Random schedules: several people, bad weather, and everything at once. A seed repeats one exactly."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TypeAlias

from infra.local.memory.faults import Fault
from infra.local.memory.queue import Chaos
from tests.simulation.evidence import Evidence
from tests.simulation.flows import SECOND, UNCLEAR, in_business, sent
from tests.simulation.notices import NEWS
from tests.simulation.plans import TIMELY, Strike
from tests.simulation.push_flows import nudge, order, word
from tests.simulation.reactivation_flows import HURRIED, POLICY, SCENE, days_pass, save
from tests.simulation.stage import Stage, Weather
from tests.simulation.variants import WHOLE, Variant

DAY = 86400
Step: TypeAlias = Callable[[Stage, str], object]


def some(stage: Stage, word: str, who: str) -> str:
    """A key of the person's own; there are few of them, so that some are asked for again."""
    return f"{word}{stage.random.randrange(4)}{who[-6:]}"


STEPS: tuple[Step, ...] = (
    lambda stage, who: stage.act("follow", who),
    lambda stage, who: stage.act("follow", who, scene="store-01"),
    lambda stage, who: stage.act("follow", who),
    lambda stage, who: stage.act("unfollow", who),
    lambda stage, who: stage.say("停车", who),
    lambda stage, who: stage.say("新", who),
    lambda stage, who: stage.say(UNCLEAR, who),
    lambda stage, who: stage.say("1", who),
    lambda stage, who: stage.say("退订", who),
    lambda stage, who: stage.say("删除我的数据", who),
    lambda stage, who: stage.say("确认删除", who),
    lambda stage, who: stage.act("click", who, key="faq:parking"),
    lambda stage, who: stage.act("image", who),
    lambda stage, who: stage.act("scan", who, scene="store-01"),
    lambda stage, who: stage.act("accept", who, template_id="offers"),
    lambda stage, who: sent(stage, who),
    lambda stage, who: stage.unheard("unfollow", who),
    lambda stage, who: order(stage, some(stage, "订单", who), who),
    lambda stage, who: order(stage, some(stage, "订单", who), who, after=timedelta(hours=stage.random.randrange(30))),
    lambda stage, who: nudge(stage, some(stage, "上新", who), who),
    lambda stage, who: word(stage, some(stage, "在吗", who), who),
    lambda stage, who: stage.act("receive_off", who, on=stage.random.random() < 0.5),
    lambda stage, _: stage.simulator.add_fault("api_busy", times=1),
    lambda stage, _: stage.attack("forged_signature"),
    lambda stage, _: stage.say_under_one_id("新"),
    lambda stage, _: stage.publish(SECOND),
    lambda stage, _: stage.roll_back(1),
    lambda stage, _: stage.tick(),
    lambda stage, _: stage.work(),
    lambda stage, _: stage.work(),
    lambda stage, _: stage.refresh_tokens(),
    lambda stage, _: stage.plan(),
)
"""What may happen at any moment. Likelier things stand here twice."""


def play_schedule(seed: int, *, variant: Variant = WHOLE) -> Evidence:
    """One run under the seed, from start to rest."""
    stage = Stage(seed=seed, variant=variant, weather=_weather(Random(f"weather {seed}")))
    random = stage.random
    in_business(stage)
    people = [stage.follower, stage.neighbour, stage.newcomer()]
    for someone in people[: random.randrange(3)]:
        stage.act("follow", someone, scene=SCENE)
        stage.act("accept", someone, template_id=NEWS)
    save(stage, random.choice((POLICY, replace(POLICY, limits=HURRIED))))
    stage.open()
    for _ in range(random.randint(5, 12)):
        _trouble(stage, people)
        stage.pace = random.choice((0, 1, 2, 2, 30))
        random.choice((*STEPS, _wait, _fortnight))(stage, random.choice(people))
    return stage.close()


def _wait(stage: Stage, _: str) -> None:
    """Never within a delivery: WeChat has long given up by then."""
    stage.world.clock.advance(stage.random.choice((30, 600, 7200, DAY, 3 * DAY)))


def _fortnight(stage: Stage, _: str) -> None:
    """Two weeks without a word, and then the clock, within the month: a new one halves what was counted of acts."""
    now = stage.world.clock.now()
    if (now + timedelta(days=15)).month == now.month:
        days_pass(stage, 14)
    stage.plan()
    stage.plan()


def _trouble(stage: Stage, people: list[str]) -> None:
    """From now on other faults by chance, and perhaps an interruption soon."""
    random = stage.random
    if random.random() < 0.5:
        stage.faults.shares = _shares(random)
        stage.faults.unprocessed = random.choice((0.0, 0.0, 0.3))
    if random.random() < 0.5:
        other, who = random.choice(STEPS), random.choice(people)
        strike = Strike(random.randrange(12), random.choice(TIMELY))
        stage.strike(strike, lambda stage: other(stage, who))


def _shares(random: Random) -> dict[Fault, float]:
    """Calm, a slow table, or a little of everything."""
    match random.randrange(4):
        case 0:
            return {}
        case 1:
            return {Fault.THROTTLED: random.choice((0.05, 0.5, 1.0))}
        case 2:
            return dict.fromkeys(Fault, 0.01)
        case _:
            return dict.fromkeys(random.sample(list(Fault), 2), 0.15)


def _weather(random: Random) -> Weather:
    return Weather(
        chaos=Chaos(
            seed=random.randrange(1000), duplicates=random.choice((0, 0.2, 0.5)), shuffle=random.choice((1, 5))
        ),
        index_lag=timedelta(seconds=random.choice((0, 5, 60))),
        ttl_lag=timedelta(days=random.uniform(0, 7)),
        skew=random.choice((0, 60)),
        deliveries=random.choice((3, 4)),
    )
