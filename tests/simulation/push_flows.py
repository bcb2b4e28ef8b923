"""The flows of pushes: what may be told to a follower, and what comes between."""

from datetime import timedelta

from chalicelib.sending.traits import TRAITS
from tests.simulation.flow import Flow, known
from tests.simulation.notices import NEWS, Notice
from tests.simulation.stage import Stage

TEN_TO_ELEVEN_AT_NIGHT = 13 * 3600
"""From ten in the morning, when the world begins."""


def order(stage: Stage, key: str = "订单一", openid: str = "", after: timedelta = timedelta(0)) -> None:
    """A till asks that the follower be told of their order."""
    stage.ask(Notice(key, openid or stage.follower, after=after))


def nudge(stage: Stage, key: str = "上新", openid: str = "") -> None:
    stage.ask(Notice(key, openid or stage.follower, "subscribe", "activity"))


def word(stage: Stage, key: str = "在吗", openid: str = "") -> None:
    """A word by customer service, as an answer."""
    stage.ask(Notice(key, openid or stage.follower, "kefu"))


def order_asked_thrice(stage: Stage) -> None:
    for _ in range(3):
        order(stage)


def three_to_one(stage: Stage) -> None:
    """Three channels, one follower, at once."""
    order(stage)
    nudge(stage)
    word(stage)


def order_to_two(stage: Stage) -> None:
    order(stage)
    order(stage, "订单二", stage.neighbour)


def subscriber(stage: Stage) -> None:
    """A member who has accepted one notice."""
    known(stage)
    stage.act("accept", template_id=NEWS)


def talking(stage: Stage) -> None:
    """A subscriber who has just written, so that a customer-service window is open."""
    subscriber(stage)
    stage.say("停车")


def opted_out(stage: Stage) -> None:
    subscriber(stage)
    stage.say("退订")
    stage.settle()
    stage.evidence.notices.unwanted.add("上新")


def both_known(stage: Stage) -> None:
    stage.act("follow", stage.neighbour)
    known(stage)


def muted(stage: Stage) -> None:
    """A member who has blocked notices, which nobody knows yet."""
    known(stage)
    stage.act("receive_off")


def reported(stage: Stage) -> None:
    """WeChat has taken a notice, and is about to report on it."""
    known(stage)
    order(stage)
    while stage.work():
        pass


def report(stage: Stage) -> None:
    stage.world.clock.advance(60)
    stage.simulator.run_due()


def busy(stage: Stage) -> None:
    known(stage)
    stage.simulator.add_fault("api_busy", path=TRAITS["template"].api, times=1)


def late_at_night(stage: Stage) -> None:
    subscriber(stage)
    stage.world.clock.advance(TEN_TO_ELEVEN_AT_NIGHT)


def one_left_today(stage: Stage) -> None:
    both_known(stage)
    stage.simulator.set_switches(daily_limits={TRAITS["template"].api: 1})


def forgotten_token(stage: Stage) -> None:
    """A member, and a token that has expired."""
    known(stage)
    stage.world.clock.advance(2 * 3600)


def order_for_later(stage: Stage) -> None:
    order(stage, after=timedelta(hours=2))


PUSH_FLOWS = (
    Flow("push.template", order, meanwhile=lambda stage: stage.act("unfollow")),
    Flow("push.again", order_asked_thrice),
    Flow("push.subscribe", nudge, before=subscriber, meanwhile=lambda stage: stage.say("退订")),
    Flow("push.kefu", word, before=talking),
    Flow("push.channels", three_to_one, before=talking),
    Flow("push.two", order_to_two, before=both_known),
    Flow("push.opted_out", nudge, before=opted_out),
    Flow("push.blocked", order, before=muted),
    Flow("push.reported", report, before=reported),
    Flow("push.busy", order, before=busy),
    Flow("push.night", nudge, before=late_at_night, meanwhile=lambda stage: stage.act("unfollow")),
    Flow("push.quota", order_to_two, before=one_left_today),
    Flow("push.later", order_for_later, meanwhile=lambda stage: stage.act("unfollow")),
    Flow("push.stale_token", order, before=forgotten_token),
)
