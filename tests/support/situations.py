"""What each metric of our own that an alarm watches is counted for: the situation itself, brought about."""

from collections.abc import Callable, Mapping
from contextlib import suppress

from chalicelib.door import door
from chalicelib.errors import Broken
from chalicelib.store import keys
from chalicelib.store.table import Put
from infra.local.memory.faults import Fault
from tests.simulation.flow import known
from tests.simulation.flows import in_business
from tests.simulation.push_flows import one_left_today, order, order_to_two, talking, word
from tests.simulation.stage import SHOP, Stage
from tests.support.watched import Watched
from tests.unit.journal.ledger import Ledger, an_act

TEMPLATE_SEND, CUSTOM_SEND = "/cgi-bin/message/template/send", "/cgi-bin/message/custom/send"
USER_INFO, STABLE_TOKEN = "/cgi-bin/user/info", "/cgi-bin/stable_token"
HOURS = 3600.0


def played(before: Callable[[Stage], object], act: Callable[[Stage], object]) -> Callable[[], None]:
    """On a stage: how things stand, what goes wrong, and then whatever follows. What its Lambdas print is printed."""

    def play() -> None:
        stage = Watched()
        in_business(stage)
        before(stage)
        act(stage)
        stage.settle()
        print("".join(stage.evidence.printed))

    return play


def refused(errcode: int, path: str, act: Callable[[Stage], object]) -> Callable[[Stage], object]:
    """WeChat answers so, however often it is asked."""

    def refuse(stage: Stage) -> None:
        stage.simulator.add_fault("api_errcode", errcode=errcode, path=path, times=100)
        act(stage)

    return refuse


def nobody_expected() -> None:
    @door
    def broken() -> None:
        raise KeyError("a bug")

    with suppress(Broken):
        broken()


def no_answer(stage: Stage) -> None:
    """WeChat takes a word by customer service, and its answer is lost."""
    stage.simulator.add_fault("api_timeout_after", path=CUSTOM_SEND)
    word(stage)


def stale(stage: Stage) -> None:
    stage.world.clock.advance(2 * HOURS)


def refresh_tokens(stage: Stage) -> None:
    stage.refresh_tokens()


def misspelt(stage: Stage) -> None:
    """An operator has written an account's parameter wrong."""
    stage.world.parameters.values[stage.world.runtime.settings.account_parameter(SHOP)] = "{"
    stage.say("停车")


def broken_release(stage: Stage) -> None:
    """What is stored of the release is cut off."""
    stage.world.table().write([Put(keys.release_part(SHOP, 1, 0), {"v": 1, "parts": 1, "data": b"cut"}, ())])
    stage.say("停车")


def table_away(stage: Stage) -> None:
    """A process that has answered before, and now cannot reach the table."""
    stage.simulator.act(stage.follower, "say", {"text": "停车"})
    for number in range(100):
        stage.faults.plan(Fault.THROTTLED, skip=number)
    stage.simulator.act(stage.follower, "say", {"text": "停车"})
    stage.faults.stop()


def journal_too_long() -> None:
    ledger = Ledger()
    ledger.write(*(an_act(member=f"m-{number}") for number in range(50)))
    ledger.roll(seconds=1)


SITUATIONS: Mapping[str, Callable[[], None]] = {
    "Failed": nobody_expected,
    "DeadJobs": played(lambda _: None, refused(40035, USER_INFO, lambda stage: stage.act("follow"))),
    "DeadPushes": played(known, refused(47001, TEMPLATE_SEND, order)),
    "UnknownPushes": played(talking, no_answer),
    "KindPaused": played(known, refused(40249, TEMPLATE_SEND, order)),
    "ChannelPaused": played(known, refused(48004, TEMPLATE_SEND, order)),
    "QuotaSpent": played(one_left_today, order_to_two),
    "TokenRefused": played(stale, refused(40164, STABLE_TOKEN, refresh_tokens)),
    "TokenSecondsLeft": played(stale, refused(40164, STABLE_TOKEN, refresh_tokens)),
    "CredentialsMalformed": played(known, misspelt),
    "ReleaseBroken": played(known, broken_release),
    "Degraded": played(known, table_away),
    "JournalBehind": journal_too_long,
}
