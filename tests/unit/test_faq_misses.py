"""What could not be answered is kept for the operator: the words, without the person."""

from datetime import timedelta

import pytest

from chalicelib.decision import Verdict
from chalicelib.faq import handlers, misses
from chalicelib.store import miss as stored
from chalicelib.store.job import Job
from chalicelib.store.miss import Miss
from chalicelib.work.worker import do
from tests.builders import ACCOUNT, NOON, a_member, an_entry, an_event, facts
from tests.support.workroom import Workroom

PARKING, HOURS = an_entry("parking"), an_entry("hours")
NEAR = Verdict("miss", (), 0.214, (PARKING, HOURS))


def missed(text: str, verdict: Verdict = NEAR, *, number: int = 0) -> tuple[Job, ...]:
    """The jobs of a message that is not answered."""
    event = an_event("text", content=text, MsgId=str(24000000000000001 + number))
    return handlers.answer_text(event, facts(member=a_member(), verdict=verdict), text).jobs


def counted(room: Workroom, *texts: str) -> list[Miss]:
    for number, text in enumerate(texts):
        for job in missed(text, number=number):
            room.holds(job.put())
            do(job.name, room.tools)
    return list(stored.list_misses(room.table, ACCOUNT))


def test_a_question_without_answer_is_counted_with_what_came_closest() -> None:
    (miss,) = counted(Workroom(), "能开发票吗")

    day = "2026-03-04"
    key = misses.key_of("能开发票吗")
    assert miss == Miss(ACCOUNT, key, "能开发票吗", 1, day, day, 21, ("parking", "hours"))


def test_all_ways_to_write_the_same_are_one_miss() -> None:
    (miss,) = counted(Workroom(), "能开發票吗？", "能开发票吗", " 能 开 发 票 吗 ～", "能开发票吗！！")

    assert miss.count == 4


def test_it_is_known_since_when_and_until_when_it_is_asked() -> None:
    room = Workroom()
    counted(room, "能开发票吗")
    room.now += timedelta(days=3)

    (job,) = missed("能开发票吗", number=7)
    room.holds(job.put())
    do(job.name, room.tools)

    (miss,) = stored.list_misses(room.table, ACCOUNT)
    assert (miss.first_day, miss.last_day, miss.count) == ("2026-03-04", "2026-03-07", 2)


def test_a_job_that_is_woken_twice_counts_once() -> None:
    room = Workroom()
    (job,) = missed("能开发票吗")
    room.holds(job.put())

    do(job.name, room.tools)
    do(job.name, room.tools)

    (miss,) = stored.list_misses(room.table, ACCOUNT)
    assert miss.count == 1


def test_the_journal_has_no_words() -> None:
    room = Workroom()
    counted(room, "能开发票吗")

    assert "发票" not in repr([(entry.outcome, entry.details) for entry in room.journal()])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("我的电话是13800138000", "我的电话是…"),
        ("打 138-0013-8000 找我", "打 … 找我"),
        ("打(021) 6888 8888", "打(…"),
        ("身份证 11010119900307867X", "身份证 …"),
        ("订单 202603040001 到哪了", "订单 … 到哪了"),
        ("１３８００１３８０００", "…"),
        ("我是 oAbCdEfGhIjKlMnOpQrStUvWx-_1", "我是 …"),
        ("发到 li.si+shop@mail.example.com 吧", "发到 … 吧"),
        ("看 https://a.example/?token=abc 这个", "看 … 这个"),
        ("满 39 减 12", "满 39 减 12"),
        ("第一行\n第二行", "第一行 第二行"),
        ("长" * 100, "长" * misses.LONGEST),
    ],
)
def test_what_could_be_somebodys_is_not_kept(text: str, kept: str) -> None:
    assert misses.readable(text) == kept


@pytest.mark.parametrize("text", ["", "  ", "😀😀", "？？？", "13800138000", "\u200b", "https://a.example/x"])
def test_what_has_no_words_is_not_kept(text: str) -> None:
    assert missed(text) == ()


def test_a_follower_is_not_named() -> None:
    (job,) = missed("能开发票吗")

    assert "openid" not in job.payload
    assert "oFollower" not in repr(job.payload)


def test_what_was_learned_is_settled_until_it_is_asked_in_vain_again() -> None:
    room = Workroom()
    (miss,) = counted(room, "能开发票吗")
    room.table.write([miss.learnt("invoice", NOON)])
    settled = stored.find(room.table, ACCOUNT, miss.key)

    room.now += timedelta(days=1)
    (job,) = missed("能开发票吗", number=9)
    room.holds(job.put())
    do(job.name, room.tools)
    again = stored.find(room.table, ACCOUNT, miss.key)

    assert settled is not None
    assert again is not None
    assert (settled.learned, settled.is_settled, again.is_settled) == ("invoice", True, False)
