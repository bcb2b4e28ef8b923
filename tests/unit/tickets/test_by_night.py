"""What a follower meets who wants a person while nobody is there, and what the operator does about it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.faq import publishing
from chalicelib.store import keys
from chalicelib.store import push as pushes
from chalicelib.store.push import State
from chalicelib.store.release import FaqEntry, Keyword
from chalicelib.store.table import Put
from chalicelib.tickets import texts
from infra import ops
from tests.builders import VAULT
from tests.support.meddling import MeddledTable
from tests.support.memory import MemoryShop
from tests.support.shop import RELEASE
from tests.support.tickets import (
    UNTIL_OPENING,
    a_shop_at_night,
    lines_of,
    pass_by,
    run,
    texts_for,
    the_ticket,
    words_of,
)

SECOND = timedelta(seconds=1)
QUESTION = "我的会员卡丢了怎么办，电话 13800138000"


@pytest.fixture
def shop() -> MemoryShop:
    return a_shop_at_night()


def a_ticket_from(shop: MemoryShop, *said: str) -> str:
    """The openid of who wrote it."""
    openid = shop.follower()
    for text in ("人工", *said):
        shop.say(openid, text)
        pass_by(shop, SECOND)
    return openid


def test_a_follower_is_asked_to_write_and_told_when_somebody_will_be_there(shop: MemoryShop) -> None:
    openid = shop.follower()

    assert "明天 09:00" in shop.answer(openid, "人工")
    assert shop.answer(openid, QUESTION).startswith("已记录，明天 09:00 上班后")
    assert words_of(shop, the_ticket(shop)) == [QUESTION]


def test_after_midnight_the_opening_is_today(shop: MemoryShop) -> None:
    openid = shop.follower()
    pass_by(shop, timedelta(hours=4))

    assert "今天 09:00" in shop.answer(openid, "人工")


def test_what_is_added_is_kept_in_its_order(shop: MemoryShop) -> None:
    openid = a_ticket_from(shop, "鸡蛋碎了", "昨天买的")

    assert words_of(shop, the_ticket(shop)) == ["鸡蛋碎了", "昨天买的"]
    assert the_ticket(shop).openid == openid


def test_no_words_stand_in_the_table_or_the_journal(shop: MemoryShop) -> None:
    a_ticket_from(shop, QUESTION)
    shop.world.rest(minutes=5)

    assert not [item for item in shop.world.items() if "13800138000" in repr(item) or "会员卡" in repr(item)]


def test_asking_for_a_person_again_opens_no_second_ticket(shop: MemoryShop) -> None:
    openid = a_ticket_from(shop, QUESTION)

    assert shop.answer(openid, "人工").startswith("已记录")
    assert words_of(shop, the_ticket(shop)) == [QUESTION]


def test_who_leaves_or_is_silent_for_half_an_hour_talks_to_the_faq_again(shop: MemoryShop) -> None:
    left, silent = a_ticket_from(shop), a_ticket_from(shop)
    shop.say(left, "退出人工")
    pass_by(shop, timedelta(minutes=31))

    assert shop.answer(left, "停车") == "店后有停车位"
    assert shop.answer(silent, "停车") == "店后有停车位"


def test_commands_are_honoured_while_a_ticket_is_open(shop: MemoryShop) -> None:
    openid = a_ticket_from(shop)

    shop.say(openid, "退订")

    assert lines_of(shop, the_ticket(shop)) == ()
    assert shop.journal("opted_out")


def test_when_somebody_is_there_the_chat_is_handed_over_again(shop: MemoryShop) -> None:
    openid = a_ticket_from(shop, QUESTION)
    pass_by(shop, UNTIL_OPENING)

    shop.say(openid, "人工")

    assert shop.journal("human.transfer")


def test_an_operator_sees_the_words_only_when_asking_for_them(
    shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    a_ticket_from(shop, QUESTION)
    ticket = the_ticket(shop)

    assert run(shop, "list") == 0
    listed = capsys.readouterr().out
    assert run(shop, "show", ticket.ticket_id) == 0
    shown = capsys.readouterr().out

    assert ticket.ticket_id in listed
    assert "1 条" in listed
    assert QUESTION not in listed
    assert f"粉丝：{QUESTION}" in shown


def test_an_answer_reaches_the_follower_at_once_within_two_days(
    shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    openid = a_ticket_from(shop, QUESTION)
    pass_by(shop, UNTIL_OPENING)
    ticket = the_ticket(shop)

    assert run(shop, "answer", ticket.ticket_id, "可以到店补办，带上身份证") == 0
    assert "马上送出" in capsys.readouterr().out
    shop.world.rest(minutes=5)

    assert f"{texts.ANSWER}可以到店补办，带上身份证" in texts_for(shop, openid)
    assert the_ticket(shop).state == "answered"
    run(shop, "show", ticket.ticket_id)
    assert "客服（微信已受理）" in capsys.readouterr().out


def test_an_answer_that_comes_too_late_waits_for_the_follower(
    shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    openid = a_ticket_from(shop, QUESTION)
    pass_by(shop, timedelta(days=3))
    ticket = the_ticket(shop)

    assert run(shop, "answer", ticket.ticket_id, "可以到店补办") == 0
    told = capsys.readouterr().out
    shop.world.rest(minutes=5)
    before = texts_for(shop, openid)
    shop.say(openid, "停车")
    shop.world.rest(minutes=5)

    assert "45015" in told
    assert not any("可以到店补办" in text for text in before)
    assert texts_for(shop, openid)[-2:] == ["店后有停车位", f"{texts.ANSWER}可以到店补办"]


def test_an_answer_that_waited_is_sent_once(shop: MemoryShop) -> None:
    openid = a_ticket_from(shop, QUESTION)
    pass_by(shop, timedelta(days=3))
    run(shop, "answer", the_ticket(shop).ticket_id, "可以到店补办")

    for text in ("停车", "停车", "停车"):
        shop.say(openid, text)
        shop.world.rest(minutes=5)

    assert texts_for(shop, openid).count(f"{texts.ANSWER}可以到店补办") == 1


def test_two_answers_wait_together(shop: MemoryShop) -> None:
    openid = a_ticket_from(shop, QUESTION)
    pass_by(shop, timedelta(days=3))
    for words in ("可以到店补办", "记得带身份证"):
        run(shop, "answer", the_ticket(shop).ticket_id, words)
        pass_by(shop, SECOND)

    shop.say(openid, "停车")
    shop.world.rest(minutes=5)

    assert texts_for(shop, openid)[-2:] == [f"{texts.ANSWER}可以到店补办", f"{texts.ANSWER}记得带身份证"]


def test_a_template_asks_the_follower_to_come_back_for_the_answer(
    shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.simulator.add_template(shop.account, "reply-ready", "回复提醒", {"thing1": "事项"})
    openid = a_ticket_from(shop, QUESTION)
    pass_by(shop, timedelta(days=3, hours=12))
    ticket = the_ticket(shop)

    card = ("--template", "reply-ready", "--data", "thing1=您的问题有回复了")
    assert run(shop, "answer", ticket.ticket_id, "可以到店补办", *card) == 0
    assert "模板提醒已登记" in capsys.readouterr().out
    shop.world.rest(minutes=5)

    assert [message["type"] for message in shop.simulator.inbox(openid)][-1] == "template"


def test_a_further_word_opens_a_ticket_again_that_was_done_with(shop: MemoryShop) -> None:
    openid = a_ticket_from(shop, QUESTION)
    run(shop, "close", the_ticket(shop).ticket_id)
    assert the_ticket(shop).state == "closed"

    shop.say(openid, "还有一件事")

    assert the_ticket(shop).state == "open"
    assert words_of(shop, the_ticket(shop)) == [QUESTION, "还有一件事"]


def test_done_tickets_are_listed_apart(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    a_ticket_from(shop, QUESTION)
    run(shop, "close", the_ticket(shop).ticket_id)
    capsys.readouterr()

    run(shop, "list")
    waiting = capsys.readouterr().out
    run(shop, "list", "--done")
    done = capsys.readouterr().out

    assert waiting == "没有待处理的工单。\n"
    assert "已关闭" in done


def test_what_is_closed_is_not_closed_again(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    a_ticket_from(shop, QUESTION)

    assert [run(shop, "close", the_ticket(shop).ticket_id) for _ in range(2)] == [0, 0]

    assert capsys.readouterr().out.splitlines() == ["已关闭。粉丝再补充时会重新打开。", "以前已经关闭了，没有改动。"]
    assert len(shop.journal("ticket.closed")) == 1


def test_who_answers_a_closed_ticket_is_told_that_it_was(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    a_ticket_from(shop, QUESTION)
    run(shop, "close", the_ticket(shop).ticket_id)
    pass_by(shop, SECOND)

    assert run(shop, "answer", the_ticket(shop).ticket_id, "可以") == 0

    assert "这张工单已经关闭，因为这次回复改为已回复。" in capsys.readouterr().out
    assert the_ticket(shop).state == "answered"


def an_answer_ends(shop: MemoryShop, state: State, reason: str = "") -> None:
    """The only answer of the only ticket."""
    line = lines_of(shop, the_ticket(shop))[-1]
    push = pushes.find(shop.world.table(), keys.push(shop.account, line.push_id).pk)
    assert push is not None
    shop.world.table().write([replace(push, state=state, reason=reason).put()])


def test_an_answer_that_did_not_arrive_is_listed_among_what_waits(
    shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    a_ticket_from(shop, QUESTION)
    ticket_id = the_ticket(shop).ticket_id
    run(shop, "answer", ticket_id, "可以")
    an_answer_ends(shop, "held", "no_window")
    capsys.readouterr()

    told = []
    for command in (("list",), ("list", "--done"), ("show", ticket_id)):
        run(shop, *command)
        told.append(capsys.readouterr().out)

    assert all(said.startswith(f"{ticket_id}　已回复，没有送达　") for said in told)
    assert "客服（没有送达，没有发送：没有可用的客服消息时段）：可以" in told[2]


@pytest.mark.parametrize("after", ["closed", "a week"])
def test_an_answer_that_did_not_arrive_leaves_the_list_when_somebody_or_time_ends_it(
    after: str, shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    a_ticket_from(shop, QUESTION)
    run(shop, "answer", the_ticket(shop).ticket_id, "可以")
    an_answer_ends(shop, "expired")
    if after == "closed":
        run(shop, "close", the_ticket(shop).ticket_id)
    else:
        pass_by(shop, timedelta(days=8))
    capsys.readouterr()

    run(shop, "list")

    assert capsys.readouterr().out == "没有待处理的工单。\n"


def test_who_unfollows_takes_their_tickets_along(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    openid = a_ticket_from(shop, QUESTION)
    ticket = the_ticket(shop)

    shop.simulator.unfollow(openid)
    shop.world.rest(minutes=5)

    assert not [item for item in shop.world.items() if openid in repr(item)]
    assert run(shop, "answer", ticket.ticket_id, "在吗") == 1
    assert "没有工单" in capsys.readouterr().err


@pytest.mark.parametrize("words", ["", "  ", "长" * 700])
def test_an_answer_that_wechat_would_not_take_is_refused(
    words: str, shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    a_ticket_from(shop, QUESTION)

    assert run(shop, "answer", the_ticket(shop).ticket_id, words) == 1
    assert "回复应当有 1 到" in capsys.readouterr().err


def test_a_picture_and_a_place_are_part_of_the_ticket(shop: MemoryShop) -> None:
    openid = a_ticket_from(shop)

    shop.simulator.act(openid, "image")
    pass_by(shop, SECOND)
    shop.simulator.act(openid, "location", {"lat": 31.2, "lng": 121.5})

    picture, place = words_of(shop, the_ticket(shop))
    assert picture.startswith("[图片] http")
    assert place.startswith("[位置]")


@pytest.mark.parametrize("command", [("close",), ("answer", "可以")])
def test_a_ticket_that_was_added_to_a_moment_ago_is_read_first(
    command: tuple[str, ...], shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    openid = a_ticket_from(shop, QUESTION)
    ticket_id = the_ticket(shop).ticket_id
    meddled = MeddledTable(shop.world.table(), lambda: shop.say(openid, "还有"))

    verb, *words = command
    code = ops.main(["tickets", verb, ticket_id, *words, "--account", shop.account], open_table=lambda: meddled)

    assert code == 1
    assert "请先看一下 show" in capsys.readouterr().err
    assert the_ticket(shop).state == "open"


def test_who_leaves_while_the_answer_is_written_is_told_to_the_operator(
    shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    openid = a_ticket_from(shop, QUESTION)
    ticket_id = the_ticket(shop).ticket_id

    def leave() -> None:
        shop.simulator.unfollow(openid)
        shop.world.rest(minutes=2)

    meddled = MeddledTable(shop.world.table(), leave)
    code = ops.main(["tickets", "answer", ticket_id, "可以", "--account", shop.account], open_table=lambda: meddled)

    assert code == 1
    assert "粉丝已经离开" in capsys.readouterr().err


def test_an_entry_that_called_a_person_is_named_and_an_answer_that_waits_is_told(
    shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    person = FaqEntry("complaint", "投诉", "", keywords=(Keyword("exact", "投诉"),), human=True)
    publishing.publish(shop.world.table(), shop.account, replace(RELEASE, entries=(*RELEASE.entries, person)))
    openid = shop.follower()
    shop.say(openid, "投诉")
    pass_by(shop, timedelta(days=3))
    run(shop, "answer", the_ticket(shop).ticket_id, "可以")
    capsys.readouterr()

    run(shop, "show", the_ticket(shop).ticket_id)

    shown = capsys.readouterr().out
    assert "由条目 complaint 转人工" in shown
    assert "客服（等粉丝下次来）：可以" in shown


def test_what_was_sealed_under_another_key_is_said_to_be_so(
    shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    a_ticket_from(shop, QUESTION)
    ticket = the_ticket(shop)
    line = replace(lines_of(shop, ticket)[0], sealed=VAULT.seal("别处的话"))
    shop.world.table().write([Put(line.key, line.to_item())])

    run(shop, "show", ticket.ticket_id)

    assert "（打不开：账号的 data_key 换过）" in capsys.readouterr().out


def test_many_tickets_are_listed_in_part(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(101):
        shop.say(shop.follower(), "人工")

    run(shop, "list")

    assert "一共 101 张，只列出最早的 100 张" in capsys.readouterr().out
