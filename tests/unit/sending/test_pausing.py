"""Switches that are thrown: by an operator, or by what the system saw."""

from functools import partial

import pytest

from chalicelib.errors import Conflict
from chalicelib.sending import pausing
from chalicelib.store import switches
from chalicelib.store.switches import Pause, Switches
from infra.local.memory.faults import Fault, Faults
from tests.builders import ACCOUNT, NOON
from tests.support.logs import logged
from tests.support.tables import memory_client, table_on

TODAY = "2026-03-04"
SEEN, ASKED = Pause(NOON, "blocks"), Pause(NOON, "operator")


class Board:
    """An account's switches on a table that may fail."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.table = table_on(memory_client(faults=self.faults))

    @property
    def now(self) -> Switches:
        return switches.find(self.table, ACCOUNT)

    def others_clear(self, kind: str) -> None:
        pausing.clear(self.table, ACCOUNT, kind, day=TODAY)


@pytest.fixture
def board() -> Board:
    return Board()


def test_a_paused_kind_says_since_when_and_why_and_an_operator_is_called(board: Board) -> None:
    with logged() as said:
        pausing.pause_kind(board.table, ACCOUNT, "news", reason="blocks", now=NOON)

    assert board.now.kinds == {"news": SEEN}
    assert [(line["level"], line["message"]) for line in said.lines] == [("ERROR", "push.kind_paused")]


def test_the_first_pause_stands_and_is_told_once(board: Board) -> None:
    pausing.pause_kind(board.table, ACCOUNT, "news", reason="operator", now=NOON)
    pausing.pause_channel(board.table, ACCOUNT, "template", reason="48001", now=NOON)
    pausing.pause_account(board.table, ACCOUNT, reason="operator", now=NOON)

    with logged() as said:
        pausing.pause_kind(board.table, ACCOUNT, "news", reason="blocks", now=NOON)
        pausing.pause_channel(board.table, ACCOUNT, "template", reason="48002", now=NOON)
        pausing.pause_account(board.table, ACCOUNT, reason="other", now=NOON)

    assert said.lines == []
    assert (board.now.kinds["news"], board.now.paused) == (ASKED, ASKED)
    assert board.now.channels["template"].reason == "48001"


def test_a_kind_that_pauses_has_to_show_itself_again(board: Board) -> None:
    pausing.clear(board.table, ACCOUNT, "news", day=TODAY)
    pausing.clear(board.table, ACCOUNT, "order", day=TODAY)

    pausing.pause_kind(board.table, ACCOUNT, "news", reason="blocks", now=NOON)

    assert board.now.cleared == {"order": TODAY}


def test_each_pause_is_taken_back_by_itself(board: Board) -> None:
    pausing.pause_kind(board.table, ACCOUNT, "news", reason="operator", now=NOON)
    pausing.pause_channel(board.table, ACCOUNT, "kefu", reason="operator", now=NOON)
    pausing.pause_account(board.table, ACCOUNT, reason="operator", now=NOON)

    assert pausing.resume(board.table, ACCOUNT, kind="news")
    assert (board.now.kinds, list(board.now.channels), board.now.paused) == ({}, ["kefu"], ASKED)
    assert pausing.resume(board.table, ACCOUNT, channel="kefu")
    assert pausing.resume(board.table, ACCOUNT)
    assert (board.now.channels, board.now.paused) == ({}, None)


def test_what_was_not_paused_cannot_be_resumed(board: Board) -> None:
    assert not pausing.resume(board.table, ACCOUNT, kind="news")
    assert not pausing.resume(board.table, ACCOUNT, channel="kefu")
    assert not pausing.resume(board.table, ACCOUNT)


def test_two_who_throw_switches_at_once_both_have_their_way(board: Board) -> None:
    board.faults.interrupt(lambda: board.others_clear("order"), skip=1)

    pausing.pause_kind(board.table, ACCOUNT, "news", reason="blocks", now=NOON)

    assert (board.now.kinds, board.now.cleared) == ({"news": SEEN}, {"order": TODAY})


def test_a_pause_whose_answer_was_lost_is_a_pause(board: Board) -> None:
    board.faults.plan(Fault.TIMEOUT_AFTER, skip=1)

    pausing.pause_kind(board.table, ACCOUNT, "news", reason="blocks", now=NOON)

    assert board.now.kinds == {"news": SEEN}


def test_who_never_gets_a_turn_is_told_so(board: Board) -> None:
    for turn in range(pausing.ATTEMPTS):
        board.faults.interrupt(partial(board.others_clear, f"kind-{turn}"), skip=4 * turn + 1)

    with pytest.raises(Conflict):
        pausing.pause_kind(board.table, ACCOUNT, "news", reason="blocks", now=NOON)
