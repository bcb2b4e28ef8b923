"""What operators do about pushes from the command line."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.sending.intents import entry
from chalicelib.store import push as pushes
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.figures import Figures
from chalicelib.store.push import Push
from chalicelib.store.sends import Sends, SendState, Sent
from chalicelib.store.table import Change, Lost
from infra import ops
from tests import builders
from tests.builders import a_job
from tests.support.events import FIELDS, TEMPLATE
from tests.support.memory import MemoryShop, a_memory_shop

ORDER = ("--kind", "order.shipped", "--key", "20260304-0001")
DATA = ("--data", "character_string1=20260304-0001", "--data", "thing2=草莓两盒", "--data", "time3=2026-03-04 18:00")
NOTICE = (*ORDER, "--template", TEMPLATE, *DATA)


@pytest.fixture
def shop() -> MemoryShop:
    shop = a_memory_shop()
    shop.simulator.add_template(shop.account, TEMPLATE, "订单配送通知", FIELDS)
    return shop


def a_push(**changes: Any) -> Push:
    """In the shop, not written yet."""
    return builders.a_push(**{"account": "shop", "version": 0, **changes})


def run(shop: MemoryShop, command: str, *arguments: str, account: str = "shop") -> int:
    return ops.main(["push", command, "--account", account, *arguments], open_table=shop.world.table)


def planned(shop: MemoryShop) -> Push:
    """The only push."""
    (item,) = shop.world.items(f"P#{shop.account}#")
    push = pushes.find(shop.world.table(), item["pk"]["S"])
    assert push is not None
    return push


def holds(shop: MemoryShop, *some: Push) -> None:
    for push in some:
        shop.world.table().write([push.put(), entry(push, "planned", at=push.planned_at).put()])


def meanwhile(act: Callable[[], object]) -> Callable[[], None]:
    """Done by someone else, whatever comes of it."""

    def do() -> None:
        act()

    return do


def find(shop: MemoryShop, push: Push) -> Push:
    found = pushes.find(shop.world.table(), push.name)
    assert found is not None
    return found


def test_a_notice_goes_out_once_however_often_it_is_asked_for(
    shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    openid = shop.follower()

    assert [run(shop, "send", "--openid", openid, *NOTICE) for _ in range(2)] == [0, 0]
    shop.world.rest(minutes=5)

    said = capsys.readouterr().out
    assert f"已登记，到时发送。编号 {planned(shop).push_id}" in said
    assert "这个 key 已经登记过，不会重复发送" in said
    assert [message["type"] for message in shop.simulator.inbox(openid)].count("template") == 1


def test_a_text_goes_out_while_the_follower_is_about(shop: MemoryShop) -> None:
    openid = shop.follower()
    shop.say(openid, "几点开门")

    assert run(shop, "send", "--openid", openid, *ORDER, "--channel", "kefu", "--text", "已备好货", "--urgent") == 0
    shop.world.rest(minutes=5)

    assert shop.simulator.inbox(openid)[-1]["text"] == "已备好货"


def test_what_is_wrong_with_a_notice_is_told(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shop, "send", "--openid", "x", *ORDER, "--expires-at", "soon") == 1

    assert capsys.readouterr().err == (
        "没有改动任何内容：\nopenid：应当是微信给出的 openid；"
        "expires_at：应当是时间，如 2026-11-11 20:00（北京时间）或 2026-11-11T20:00:00+08:00；template：必须填写\n"
    )


def test_a_channel_that_does_not_exist_is_all_that_is_told(
    shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(shop, "send", "--openid", "oFollower1", *ORDER, "--channel", "foo", "--text", "您好") == 1

    assert capsys.readouterr().err == "没有改动任何内容：\nchannel：只能是 template、subscribe、kefu\n"


def test_a_time_may_be_written_as_people_do(shop: MemoryShop) -> None:
    assert run(shop, "send", "--openid", shop.follower(), *NOTICE, "--not-before", "2026-03-05 20:00") == 0

    assert planned(shop).not_before.isoformat() == "2026-03-05T12:00:00+00:00"


def test_data_is_written_as_pairs(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(shop, "send", "--openid", "x", *ORDER, "--data", "thing1")

    assert "thing1 应当写成 字段=内容" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["send", "mass", "import"])
def test_an_account_that_does_not_exist_is_named(
    shop: MemoryShop, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("openid,kind,key\n", encoding="utf-8")
    arguments = {
        "send": ("--openid", "oFollower1", *NOTICE),
        "mass": (*ORDER, "--text", "您好", "--openids", str(file)),
        "import": (str(file),),
    }

    assert run(shop, command, *arguments[command], account="nobody") == 1

    assert "没有公众号 nobody" in capsys.readouterr().err


def test_a_mass_is_planned_for_a_list_of_followers_once(
    shop: MemoryShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    openids = [shop.follower() for _ in range(3)]
    file = tmp_path / "openids.txt"
    file.write_text("\n".join([*openids, "", openids[0]]), encoding="utf-8-sig")
    command = ("--kind", "news.spring", "--key", "2026", "--text", "春天到了", "--openids", str(file))

    assert run(shop, "mass", *command) == 0
    assert run(shop, "mass", *command) == 0

    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith("：3 人，已登记")
    assert said[1].startswith("看结果：ops push batch ")
    assert said[2].endswith("：3 人，以前登记过，不会重复发送")


def test_a_mass_to_a_tag_is_for_what_nobody_can_opt_out_of(
    shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ("--kind", "closed", "--key", "2026-10", "--text", "门店盘点，今日休息", "--tag", "100")

    assert run(shop, "mass", *command) == 1
    assert run(shop, "mass", *command, "--class", "public") == 0

    said = capsys.readouterr()
    assert "请写上 --class service 或 --class public" in said.err
    assert "：标签 100，已登记\n" in said.out


def test_a_mass_that_cannot_be_sent_is_refused(
    shop: MemoryShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "openids.txt"
    file.write_text("oFollower1", encoding="utf-8")
    spoilt = tmp_path / "spoilt.txt"
    spoilt.write_text("oFollower1\n林小满", encoding="utf-8")

    codes = [run(shop, "mass", *ORDER, "--text", "您好", "--openids", str(path)) for path in (file, spoilt, tmp_path)]

    assert codes == [1, 1, 1]
    told = capsys.readouterr().err
    assert "spoilt.txt 第 2 行应当是微信给出的 openid" in told
    assert "一行一个 openid" in told


def test_a_kind_that_no_push_can_have_is_refused(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(shop, "mass", "--kind", "News", "--key", "1", "--text", "您好", "--tag", "1")

    assert "应当以小写字母开头" in capsys.readouterr().err


# What became of a push.


def test_the_state_of_a_push_is_told_in_words(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    push = a_push(state="deferred", reason="quiet_hours", attempts=1)
    holds(shop, push)

    assert run(shop, "status", push.push_id) == 0

    said = capsys.readouterr().out
    assert (
        f"编号 {push.push_id}　order.shipped　模板消息，服务通知\n状态 推迟发送：免打扰时段，早上再发\n登记 2026-03-04"
        in said
    )
    assert "下次查看 " in said
    assert push.openid not in said
    assert "草莓" not in said


def test_what_has_its_outcome_is_looked_at_no_more(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    push = a_push(state="sent", msgid="2012345678", sent_at=shop.world.clock.now(), openid="", group="")
    holds(shop, push)

    run(shop, "status", push.push_id)

    said = capsys.readouterr().out
    assert "微信受理 2026-03-04 10:00:00" in said
    assert "微信消息号 2012345678" in said
    assert "下次查看" not in said


def test_a_push_that_does_not_exist_is_not_found(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shop, "status", "0" * 32) == 1
    assert "没有编号 00000000000000000000000000000000 的推送" in capsys.readouterr().err


def test_what_a_follower_received_lately_is_told_newest_first(
    shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    now = shop.world.clock.now()
    states: tuple[SendState, ...] = ("undelivered", "sent")
    sent = tuple(
        Sent(str(number) * 32, "order.shipped", "template", now + timedelta(hours=number), counts=False, state=state)
        for number, state in enumerate(states)
    )
    shop.world.table().write([Sends("shop", "oFollower1", "m-1", recent=sent).put()])
    holds(shop, a_push(push_id="0" * 32, state="undelivered", reason="blocked", openid="", group=""))

    assert run(shop, "status", "--openid", "oFollower1") == 0
    assert run(shop, "status", "--openid", "oFollower2") == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "交给微信的最近几条：",
        f"2026-03-04 11:00:00　order.shipped　模板消息　微信已受理　{'1' * 32}",
        f"2026-03-04 10:00:00　order.shipped　模板消息　未送达：对方屏蔽了通知　{'0' * 32}",
    ]
    assert lines[4] == "没有交给微信发给这位粉丝的。"
    assert lines[3] == lines[5]
    assert lines[3].startswith("还在等待的、没有发送的和微信拒绝的不在这里")


# What was given up.


def test_what_was_given_up_is_listed_for_its_account(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    holds(shop, a_push(state="dead", reason="40003"), a_push(state="dead", account="other"))
    shop.world.table().write([a_job("member.profile", account="shop", dead=True, trouble="OurMistake").put()])

    assert run(shop, "dead") == 0

    lines = capsys.readouterr().out.splitlines()
    assert sorted(line.split("　")[0].split()[0] for line in lines) == ["任务", "推送"]
    assert any("已放弃，等待处理：微信错误 40003（openid 不属于这个公众号的粉丝）" in line for line in lines)
    assert any(line.endswith("OurMistake") for line in lines)


def test_nothing_given_up_is_said_too(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    run(shop, "dead")

    assert capsys.readouterr().out == "没有放弃的。\n"


def test_a_long_list_of_what_was_given_up_is_cut(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    holds(shop, *(a_push(push_id=f"{number:032x}", state="dead") for number in range(1_001)))

    run(shop, "dead")

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 101
    assert lines[-1] == "……一共 1,001 个，只列出最早的 100 个。"


def test_what_was_given_up_can_be_released_and_is_sent(shop: MemoryShop) -> None:
    openid = shop.follower()
    shop.simulator.set_switches(template_finish_events=False)
    run(shop, "send", "--openid", openid, *NOTICE)
    push = planned(shop)
    shop.world.table().write([replace(push, state="dead", reason="40003", attempts=6, epoch=6).put()])

    assert run(shop, "retry", push.push_id) == 0
    shop.world.rest(minutes=5)

    after = find(shop, push)
    assert (after.state, after.epoch, after.attempts) == ("sent", 7, 1)
    assert [message["type"] for message in shop.simulator.inbox(openid)].count("template") == 1
    assert len(shop.journal("released")) == 1


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("unknown", "再发可能让对方收到两次"),
        ("failed", "换一个 key 重新登记"),
        ("held", "按规则没有发送"),
        ("expired", "已经过期"),
        ("planned", "它会自己继续"),
        ("claimed", "它会自己继续"),
        ("sent", "已经发出去了"),
        ("delivered", "已经发出去了"),
    ],
)
def test_nothing_else_is_released_and_why_is_told(
    shop: MemoryShop, state: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    push = a_push(state=state)
    holds(shop, push)

    assert run(shop, "retry", push.push_id) == 1

    assert why in capsys.readouterr().err
    assert find(shop, push).state == state


def test_what_has_expired_meanwhile_is_not_released(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    push = a_push(state="dead", expires_at=shop.world.clock.now())
    holds(shop, push)

    assert run(shop, "retry", push.push_id) == 1
    assert "已经过期" in capsys.readouterr().err


def test_what_belongs_to_a_mass_is_not_sent_by_itself(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    push = a_push(state="dead", channel="mass", batch="b" * 32)
    holds(shop, push)

    assert run(shop, "retry", push.push_id) == 1
    assert "它属于一次群发" in capsys.readouterr().err


def test_two_operators_release_it_once(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    push = a_push(state="dead")
    holds(shop, push)
    shop.world.faults.interrupt(meanwhile(lambda: run(shop, "retry", push.push_id)), skip=1)

    assert run(shop, "retry", push.push_id) == 1

    assert "刚才有别的操作" in capsys.readouterr().err
    assert len(shop.journal("released")) == 1


# What is taken back.


def test_all_that_waits_of_a_kind_can_be_taken_back(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    waiting = [a_push(push_id=f"{number:032x}") for number in range(230)]
    others = (
        a_push(push_id="a" * 32, kind="news"),
        a_push(push_id="b" * 32, account="other"),
        a_push(push_id="c" * 32, state="claimed"),
        a_push(push_id="d" * 32, state="sent"),
    )
    doubtful = a_push(push_id="e" * 32, state="deferred", doubtful=True)
    holds(shop, *waiting, *others, doubtful)

    assert run(shop, "drop", "--kind", "order.shipped", "--yes") == 0

    assert {(find(shop, push).state, find(shop, push).reason) for push in waiting} == {("held", "operator")}
    assert find(shop, waiting[0]).openid == ""
    assert [find(shop, push).state for push in others] == ["planned", "planned", "claimed", "sent"]
    assert find(shop, doubtful).state == "unknown"
    assert len(shop.journal("held")) == 230
    assert "已撤销 231 条。" in capsys.readouterr().out


def test_what_is_just_being_sent_is_left_alone(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    push = a_push()
    holds(shop, push)
    claimed = replace(find(shop, push), state="claimed").put()
    shop.world.faults.interrupt(lambda: shop.world.table().write([claimed]), skip=9)

    assert run(shop, "drop", "--kind", "order.shipped", "--yes") == 0

    assert find(shop, push).state == "claimed"
    assert "已撤销 0 条；1 条刚好正在处理，没有动" in capsys.readouterr().out


@pytest.mark.parametrize(("said", "code", "state"), [("yes\n", 0, "held"), ("no\n", 1, "planned"), ("", 1, "planned")])
def test_nothing_is_taken_back_without_an_answer(
    shop: MemoryShop, said: str, code: int, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    push = a_push()
    holds(shop, push)
    monkeypatch.setattr("sys.stdin", io.StringIO(said))

    assert run(shop, "drop", "--kind", "order.shipped") == code

    assert find(shop, push).state == state


def test_a_kind_of_which_nothing_waits_is_told(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shop, "drop", "--kind", "order.shipped") == 0
    assert capsys.readouterr().out == "没有等待中的 order.shipped。\n"


# What is paused.


@pytest.mark.parametrize(
    ("what", "name", "reason"),
    [
        (("--kind", "order.shipped"), "类别 order.shipped", "paused.kind"),
        (("--channel", "template"), "渠道 模板消息", "paused.channel"),
        (("--all",), "全部", "paused.account"),
    ],
)
def test_what_is_paused_waits_until_it_is_resumed(
    shop: MemoryShop, what: tuple[str, ...], name: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    openid = shop.follower()

    assert run(shop, "pause", *what) == 0
    run(shop, "send", "--openid", openid, *NOTICE)
    shop.world.rest(minutes=5)
    paused = planned(shop)
    assert run(shop, "pauses") == 0
    assert run(shop, "resume", *what) == 0
    shop.world.rest(minutes=60)

    assert (paused.state, paused.reason) == ("deferred", reason)
    assert planned(shop).state in ("sent", "delivered")
    said = capsys.readouterr().out
    assert f"{name}：2026-03-04 10:00:00 起暂停，运营人员操作\n" in said
    assert "已恢复" in said


def test_what_is_not_paused_need_not_be_resumed(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    run(shop, "resume", "--kind", "news")
    run(shop, "pauses")

    assert capsys.readouterr().out == "类别 news 没有暂停。\n没有暂停的。\n"


def test_a_kind_that_was_never_pushed_is_paused_and_asked_about(
    shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = {"push.planned": {"order.shipped": 3}}
    shop.world.table().write([Figures("shop", "2026-03-04", counts=counts).put()])

    assert [run(shop, "pause", "--kind", kind) for kind in ("order.shipped", "nosuch.kind")] == [0, 0]

    said = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("{")]
    known, strange, doubt = said
    assert (known[:3], strange[:3]) == ("已暂停", "已暂停")
    assert doubt == "最近七天的统计里没有这一类推送（统计晚一刻钟）：名字写对了吗？"


class Contended(DynamoTable):
    """Someone else always writes first."""

    def write(self, changes: Sequence[Change]) -> None:
        raise Lost({})


@pytest.mark.parametrize("command", ["pause", "resume"])
def test_an_operator_who_meets_others_is_asked_to_come_again(
    shop: MemoryShop, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shop, "pause", "--kind", "news")
    shop.world.runtime.table_class = Contended

    assert run(shop, command, "--kind", "news" if command == "resume" else "other") == 1

    assert "请再运行一次" in capsys.readouterr().err
