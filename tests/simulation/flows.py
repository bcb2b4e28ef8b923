"""Every flow of the system. A new one joins by an entry in FLOWS."""

from dataclasses import replace

from chalicelib.store.release import FaqEntry, Keyword
from tests.simulation.evidence import Evidence
from tests.simulation.flow import Flow, known
from tests.simulation.follower_flows import FOLLOWER_FLOWS
from tests.simulation.invariants import violations
from tests.simulation.plans import Strike
from tests.simulation.push_flows import PUSH_FLOWS
from tests.simulation.reactivation_flows import REACTIVATION_FLOWS
from tests.simulation.stage import CALM, Stage, Weather
from tests.simulation.ticket_flows import TICKET_FLOWS
from tests.simulation.variants import WHOLE, Variant
from tests.support.shop import RELEASE

BRUNCH = FaqEntry("brunch", "周末几点开门", "周末 8:00 开门", ("周末营业时间是几点",), (Keyword("exact", "周末"),))
FIRST = replace(RELEASE, entries=(*RELEASE.entries, BRUNCH), feedback=True)
SECOND = replace(FIRST, welcome="欢迎再次光临")
UNCLEAR = "营业时间"
"""Two entries are about it: the account asks which is meant."""


def nothing(stage: Stage) -> None:
    """The follower is someone we have never heard of."""


def cold(stage: Stage) -> None:
    """A member, and a process that has just begun."""
    known(stage)
    stage.world.restart()


def two_known(stage: Stage) -> None:
    """The follower and their neighbour are members."""
    stage.act("follow", stage.neighbour)
    known(stage)


def unheard_follower(stage: Stage) -> None:
    """The person follows, but that never reached us."""
    stage.unheard("follow")


def fresh(stage: Stage) -> None:
    """A member of this moment, whose profile job waits."""
    stage.act("follow")


def overdue(stage: Stage) -> None:
    """The same, but the wake-up is lost."""
    stage.act("follow")
    stage.lose_wake_ups()


def left_unheard(stage: Stage) -> None:
    """A member of some minutes, whose profile job waits, and who has left without our hearing of it."""
    stage.act("follow")
    stage.unheard("unfollow")
    stage.world.clock.advance(600)


def stale_token(stage: Stage) -> None:
    """The account's token has expired, and a job needs one."""
    stage.world.clock.advance(2 * 3600)
    stage.act("follow")


def subscribed(stage: Stage) -> None:
    """A member who accepted notices, had one, and opted out of marketing."""
    known(stage)
    stage.act("accept", template_id="offers")
    stage.act("accept", template_id="arrivals")
    sent(stage)
    stage.say("退订")


def left(stage: Stage) -> None:
    """A member who opted out, and left."""
    known(stage)
    stage.say("退订")
    stage.act("unfollow")
    stage.settle()


def asked_for_erasure(stage: Stage) -> None:
    known(stage)
    stage.say("删除我的数据")


def two_releases(stage: Stage) -> None:
    known(stage)
    stage.publish(SECOND)


def leave_and_return(stage: Stage) -> None:
    stage.act("unfollow")
    stage.act("follow")


def unclear_then_chosen(stage: Stage) -> None:
    stage.say(UNCLEAR)
    stage.say("1")


def sent(stage: Stage, openid: str = "") -> None:
    """WeChat reports that a notice was delivered."""
    listed = {"List": {"TemplateId": "offers", "MsgID": 1, "ErrorCode": 0, "ErrorStatus": "success"}}
    stage.act("event", openid, Event="subscribe_msg_sent_event", SubscribeMsgSentEvent=listed)


def publish_and_ask(stage: Stage) -> None:
    stage.publish(SECOND)
    stage.say("停车")


def roll_back_and_ask(stage: Stage) -> None:
    stage.roll_back(1)
    stage.say("停车")


def hostile_and_honest(stage: Stage) -> None:
    """Forged, stale, foreign and broken requests, between two messages of the follower."""
    stage.say("停车")
    stage.attack("forged_signature")
    stage.attack("stale_timestamp")
    stage.attack("wrong_appid")
    stage.attack("bad_padding")
    stage.attack("truncated")
    stage.attack("doctype")
    stage.attack("oversized")
    stage.say("新")


FLOWS = {
    flow.name: flow
    for flow in (
        Flow("message.newcomer", lambda stage: stage.say("停车"), before=unheard_follower, meanwhile=leave_and_return),
        Flow("message.member", lambda stage: stage.say("新"), meanwhile=leave_and_return),
        Flow("message.cold", lambda stage: stage.say("停车"), before=cold),
        Flow("message.fresh", lambda stage: stage.say("停车"), before=fresh, meanwhile=leave_and_return),
        Flow("message.clarify", unclear_then_chosen),
        Flow("message.same_id", lambda stage: stage.say_under_one_id("新"), before=two_known),
        Flow("message.opt_out", lambda stage: stage.say("退订"), meanwhile=lambda stage: stage.act("unfollow")),
        Flow("message.media", lambda stage: stage.act("image")),
        Flow("menu.click", lambda stage: stage.act("click", key="faq:parking")),
        Flow("follow.new", lambda stage: stage.act("follow"), before=nothing),
        Flow("follow.scene", lambda stage: stage.act("follow", scene="store-01"), before=nothing,
             meanwhile=lambda stage: stage.act("unfollow")),
        Flow("follow.return", lambda stage: stage.act("follow"), before=left,
             meanwhile=lambda stage: stage.act("unfollow")),
        Flow("unfollow", lambda stage: stage.act("unfollow"), before=subscribed,
             meanwhile=lambda stage: stage.act("follow")),
        Flow("unfollow.return", leave_and_return, before=subscribed),
        Flow("authorization.cancel", lambda stage: stage.act("cancel"), before=subscribed),
        Flow("event.popup", lambda stage: stage.act("accept", template_id="offers"), meanwhile=leave_and_return),
        Flow("event.change", lambda stage: stage.act("reject", template_id="offers"), before=subscribed,
             meanwhile=lambda stage: stage.act("accept", template_id="offers")),
        Flow("event.sent", sent, before=subscribed, meanwhile=leave_and_return),
        Flow("erasure.wish", lambda stage: stage.say("确认删除"), before=asked_for_erasure),
        Flow("tick", Stage.tick, before=overdue, meanwhile=leave_and_return),
        Flow("job.profile.left", Stage.work, before=left_unheard, meanwhile=lambda stage: stage.act("follow")),
        Flow("token.schedule", Stage.refresh_tokens, before=stale_token, meanwhile=Stage.refresh_tokens),
        Flow("token.demand", Stage.work, before=stale_token, meanwhile=Stage.refresh_tokens),
        Flow("release.publish", publish_and_ask),
        Flow("release.rollback", roll_back_and_ask, before=two_releases),
        Flow("hostile", hostile_and_honest),
        *PUSH_FLOWS,
        *FOLLOWER_FLOWS,
        *TICKET_FLOWS,
        *REACTIVATION_FLOWS,
    )
}  # fmt: skip


def in_business(stage: Stage) -> None:
    """There is an FAQ, a token, and a follower who will do nothing."""
    stage.publish(FIRST)
    stage.act("follow", stage.bystander)
    stage.settle()


def play(
    flow: Flow, strikes: tuple[Strike, ...] = (), *, variant: Variant = WHOLE, weather: Weather = CALM
) -> tuple[Evidence, int]:
    """One run from start to rest; what was seen, and how many effects it had."""
    stage = Stage(variant=variant, weather=weather)
    in_business(stage)
    flow.before(stage)
    before = stage.faults.calls
    stage.open(strikes, flow.meanwhile)
    flow.act(stage)
    stage.settle()
    effects = stage.faults.calls - before
    seen = stage.close()
    return seen, effects


def found(flow: Flow, strikes: tuple[Strike, ...] = (), *, variant: Variant = WHOLE) -> list[str]:
    """What was violated."""
    return violations(play(flow, strikes, variant=variant)[0])
