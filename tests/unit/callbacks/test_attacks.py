"""Named attacks on the whole edge: each is refused or answered, soon, and the table and the log hold nothing of it."""

import time
from collections.abc import Iterator

import pytest

from chalicelib.web import Answer, Request
from tests.fuzz import oracles, parcels
from tests.fuzz.arena import MODES, Arena, listening
from tests.unit.callbacks.attacks import (
    COSTLY,
    ECHOES,
    GOOD,
    ON_THE_PATH,
    ON_THE_SIZE,
    OPENID,
    REFUSED,
    SECRET,
    TOO_MUCH,
)
from tests.unit.wechat import platform
from tests.unit.wechat.test_inbound import HOSTILE


@pytest.fixture(scope="module")
def arena() -> Iterator[Arena]:
    """A world in which nobody follows yet."""
    arena = Arena()
    with listening(arena.said, level="DEBUG"):
        parcels.warm_up(arena.doors.receive)
        arena.heard()
        yield arena


def served(arena: Arena, request: Request) -> Answer:
    """The answer, given soon and without a word in the log about who wrote what."""
    began = time.process_time()
    answer = arena.doors.receive(request)
    assert time.process_time() - began < 0.5  # ten times the bar: the machine may be busy
    heard = arena.heard()
    assert SECRET not in heard
    assert OPENID not in heard
    return answer


def test_the_delivery_that_the_attacks_differ_from_is_answered(arena: Arena) -> None:
    answer = served(arena, GOOD)

    assert answer.status == 200
    said = oracles.is_a_reply(answer, to=OPENID, sender="gh_0123456789ab", account="safe", key=platform.KEY)
    assert "抱歉" in said


def test_there_are_more_than_a_hundred_attacks() -> None:
    assert len(REFUSED) + len(ON_THE_SIZE) + len(ON_THE_PATH) + len(TOO_MUCH) + len(ECHOES) >= 140
    assert len(HOSTILE) >= 100


@pytest.mark.parametrize("name", REFUSED)
def test_an_attack_is_refused_without_a_look_into_the_table(arena: Arena, name: str) -> None:
    calls = arena.calls

    answer = served(arena, REFUSED[name])

    assert answer == Answer(403)
    assert arena.calls == calls


@pytest.mark.parametrize("name", ON_THE_SIZE)
def test_too_much_is_refused_unread(arena: Arena, name: str) -> None:
    calls = arena.calls

    answer = served(arena, ON_THE_SIZE[name])

    assert answer == Answer(413)
    assert arena.calls == calls


@pytest.mark.parametrize("account", ON_THE_PATH)
def test_a_path_that_is_almost_an_account_is_not_found(arena: Arena, account: str) -> None:
    calls = arena.calls

    answer = served(arena, Request(account, GOOD.query, GOOD.body))

    assert answer == Answer(404)
    assert arena.calls == calls


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("account", MODES)
def test_a_hostile_document_is_refused_even_when_it_is_signed_and_sealed(arena: Arena, account: str, name: str) -> None:
    document, calls = HOSTILE[name], arena.calls
    xml = document if isinstance(document, bytes) else document.encode()

    answer = served(arena, parcels.parcel(account, xml))

    assert answer in (Answer(403), Answer(413))
    assert arena.calls == calls


@pytest.mark.parametrize("name", COSTLY)
@pytest.mark.parametrize("account", MODES)
def test_what_is_costly_to_read_is_answered_all_the_same_and_soon(arena: Arena, account: str, name: str) -> None:
    answer = served(arena, parcels.parcel(account, COSTLY[name]))

    assert answer.status == 200


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_once_slipped_through_the_bounds_is_refused(arena: Arena, name: str) -> None:
    assert served(arena, parcels.parcel("safe", TOO_MUCH[name])) == Answer(403)


@pytest.mark.parametrize("name", ECHOES)
def test_an_address_check_that_was_tampered_with_gets_no_echo(arena: Arena, name: str) -> None:
    calls = arena.calls

    answer = arena.doors.verify(Request("safe", ECHOES[name]))

    assert answer == Answer(403)
    assert arena.calls == calls
