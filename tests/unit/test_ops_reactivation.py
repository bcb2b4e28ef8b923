"""What operators do about policies for who has fallen silent."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.sending import pausing
from chalicelib.store import policy as policies
from chalicelib.store import switches
from chalicelib.store.account import find as find_account
from chalicelib.store.member import Trial
from chalicelib.store.policy import Backlog, Policy, Rung
from chalicelib.store.release import Channel, Release, parts
from chalicelib.store.table import Table
from infra import ops, ops_reactivation_preview, reactivation_file
from infra.local.demo.seeding import NOTICES
from infra.local.memory.world import START
from tests.support.meddling import MeddledTable
from tests.support.policies import NEWS
from tests.unit.reactivation.silence import Silence

POINTS = Path(reactivation_file.__file__).parent / "examples/reactivation/mother-baby-points.yaml"
FACTS = {"points": "320", "points_until": "2026-12-31"}
MASS = "name: points\nrungs: [{days: 14, steps: [{channel: mass, class: brand, text: 您好，回复“退订”不再收到}]}]\n"


@pytest.fixture
def silence() -> Silence:
    """The shop has the templates of the demo, which WeChat has told us of, and the policy of the example."""
    silence = Silence()
    shop = silence.shop
    for name, title, fields, subscribe in NOTICES:
        shop.simulator.add_template(shop.account, name, title, fields, subscribe=subscribe)

    save(silence)
    silence.world.rest(minutes=5)
    return silence


def run(silence: Silence, *arguments: str, account: str = "shop") -> int:
    return ops.main(["reactivation", *arguments, "--account", account], open_table=silence.world.table)


def save(silence: Silence, file: Path = POINTS) -> int:
    return run(silence, "save", str(file))


def stored(silence: Silence) -> Policy:
    policy = policies.find(silence.table, "shop", "points")
    assert policy is not None
    return policy


def paused(silence: Silence) -> str:
    """Why the policy's pushes are paused, or nothing."""
    pause = switches.find(silence.table, "shop").kinds.get("reactivation.points")
    return pause.reason if pause else ""


def a_file(path: Path, text: str) -> Path:
    file = path / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def another(path: Path, old: str, new: str) -> Path:
    """The policy of the example, changed."""
    text = POINTS.read_text(encoding="utf-8")
    assert old in text
    return a_file(path, text.replace(old, new))


def test_a_policy_is_saved_shown_and_listed(silence: Silence, capsys: pytest.CaptureFixture[str]) -> None:
    assert (run(silence, "list"), run(silence, "show", "points")) == (0, 0)

    said = capsys.readouterr().out
    assert "points　版本 1，未启用　沉默 30 天、75 天　对照组 10%　还没有运行过\n# 版本 1，未启用\n" in said
    assert reactivation_file.parse(said[said.index("# 版本 1") :], "shop") == reactivation_file.read(POINTS, "shop")


def test_without_templates_from_wechat_a_policy_can_be_saved_and_one_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert save(Silence()) == 0

    said = capsys.readouterr().out
    assert "请注意：还不知道这个公众号有哪些模板，只核对了字段类型（规则 templates_unknown" in said
    assert "已保存 points，版本 1。还没有启用：先用 preview 看看，再用 enable。" in said


def test_where_there_is_no_policy_one_is_led_to_the_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Silence(), "list") == 0

    assert capsys.readouterr().out == "还没有策略。例子在 infra/examples/reactivation。\n"


def test_a_policy_that_breaks_rules_is_refused_with_their_names(
    silence: Silence, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = another(tmp_path, "到期后自动清零，点开查看明细", "送您一张优惠券")

    assert save(silence, file) == 1

    said = capsys.readouterr().err
    assert said.startswith(
        "没有改动任何内容：\n第 1 级第 1 步：模板消息里有营销用语“优惠券”（规则 marketing_words；依据："
    )
    assert stored(silence).version == 1


def test_a_change_is_a_new_version_and_leaves_the_policy_running(
    silence: Silence, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(silence, "enable", "points")

    assert save(silence, another(tmp_path, "days: 75", "days: 60")) == 0
    assert run(silence, "list") == 0

    assert [rung.days for rung in stored(silence).rungs] == [30, 60]
    assert (stored(silence).version, stored(silence).enabled) == (3, True)
    said = capsys.readouterr().out
    assert "已保存 points，版本 3。五分钟内起按新的来。" in said
    assert "版本 3，已启用　沉默 30 天、60 天" in said


def test_what_has_not_changed_is_not_saved_again(silence: Silence, capsys: pytest.CaptureFixture[str]) -> None:
    assert save(silence) == 0

    assert "points 没有变化，仍是版本 1。" in capsys.readouterr().out
    assert stored(silence).version == 1


@pytest.mark.parametrize("command", ["show", "enable", "disable", "preview"])
def test_a_policy_that_does_not_exist_is_named(
    silence: Silence, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(silence, command, "spring") == 1

    assert "没有策略 spring" in capsys.readouterr().err


@pytest.mark.parametrize("command", [("save", str(POINTS)), ("enable", "points"), ("preview", "points")])
def test_an_account_that_does_not_exist_is_named(
    silence: Silence, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(silence, *command, account="nobody") == 1

    assert "没有公众号 nobody" in capsys.readouterr().err


def test_an_enabled_policy_speaks_to_the_silent_and_leaves_the_hold_out_alone(silence: Silence) -> None:
    for number in range(40):
        silence.silent(30, number=number, facts=FACTS)
    assert run(silence, "enable", "points") == 0

    silence.world.plan()

    states = silence.states()
    assert states["held control"] + states["planned"] == 40
    assert 0 < states["held control"] < 20


def test_a_disabled_policy_plans_nothing_and_what_is_planned_waits(
    silence: Silence, capsys: pytest.CaptureFixture[str]
) -> None:
    silence.silent(30, facts=FACTS)
    run(silence, "enable", "points")

    assert run(silence, "disable", "points") == 0
    assert run(silence, "disable", "points") == 0
    silence.world.plan()

    assert (stored(silence).enabled, paused(silence)) == (False, "operator")
    assert silence.pushes() == []
    assert run(silence, "show", "points") == 0
    assert "起暂停发送：运营人员操作" in capsys.readouterr().out


def test_a_policy_that_is_enabled_again_goes_on(silence: Silence) -> None:
    silence.silent(30, facts=FACTS)
    run(silence, "disable", "points")

    assert (run(silence, "enable", "points"), run(silence, "enable", "points")) == (0, 0)
    silence.world.plan()

    assert (stored(silence).enabled, paused(silence)) == (True, "")
    assert len(silence.pushes()) == 1


def test_what_the_system_has_paused_is_enabled_only_on_purpose(
    silence: Silence, capsys: pytest.CaptureFixture[str]
) -> None:
    pausing.pause_kind(silence.table, "shop", "reactivation.points", reason="blocks", now=START)

    assert run(silence, "enable", "points") == 1
    assert (stored(silence).enabled, paused(silence)) == (False, "blocks")

    assert "系统自动暂停了它：屏蔽通知的人太多。看过原因、仍要启用，请加 --anyway。" in capsys.readouterr().err
    assert run(silence, "enable", "points", "--anyway") == 0
    assert (stored(silence).enabled, paused(silence)) == (True, "")


def test_who_enables_a_policy_while_everything_is_paused_is_told(
    silence: Silence, capsys: pytest.CaptureFixture[str]
) -> None:
    pausing.pause_account(silence.table, "shop", reason="operator", now=START)

    assert run(silence, "enable", "points") == 0

    assert "已启用 points，但是这个公众号的发送全部暂停着，恢复以后才会安排。" in capsys.readouterr().out


def test_what_was_before_it_was_enabled_is_remembered_as_such(silence: Silence, tmp_path: Path) -> None:
    assert run(silence, "enable", "points") == 0
    assert save(silence, another(tmp_path, "days: 75", "days: 60")) == 0

    assert stored(silence).enabled_on == "2026-03-04"


def test_a_policy_whose_template_is_gone_is_not_enabled(
    silence: Silence, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = replace(stored(silence), rungs=(Rung((replace(NEWS, template="gone"),), days=14),))
    silence.commit(gone.put())

    assert run(silence, "enable", "points") == 1

    assert "没有这个模板" in capsys.readouterr().err
    assert not stored(silence).enabled


@pytest.mark.parametrize("command", [("enable", "points"), ("disable", "points")])
def test_who_is_overtaken_by_another_operator_is_told(
    silence: Silence, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    silence.commit(replace(stored(silence), enabled=command[0] == "disable").put())

    def overtake() -> None:
        silence.commit(replace(stored(silence), hold_out=20).put())

    def table() -> Table:
        return MeddledTable(silence.world.table(), *([overtake] * 4))

    assert ops.main(["reactivation", *command, "--account", "shop"], open_table=table) == 1

    assert "刚才有人同时在改这条策略" in capsys.readouterr().err


def test_switches_that_others_keep_throwing_are_told(silence: Silence, capsys: pytest.CaptureFixture[str]) -> None:
    def throw() -> None:
        pausing.pause_kind(silence.world.table(), "shop", f"k{silence.world.random.random()}", reason="x", now=START)

    def table() -> Table:
        return MeddledTable(silence.world.table(), *([throw] * pausing.ATTEMPTS))

    assert ops.main(["reactivation", "disable", "points", "--account", "shop"], open_table=table) == 1

    assert "刚才有人同时在改这条策略" in capsys.readouterr().err
    assert not paused(silence)


def items(silence: Silence) -> list[Any]:
    return silence.world.items()


def cohort(silence: Silence) -> None:
    """Forty who are due, and others who are not spoken to for a reason each."""
    for number in range(40):
        silence.silent(30, number=number, facts=FACTS)
    silence.silent(30, number=50)
    silence.silent(30, number=51, facts=FACTS, tags=("员工",))
    silence.silent(30, number=52, facts=FACTS, reachability="blocked")
    past = Trial(silence.silent(40).active_day, "treatment", START - timedelta(days=60))
    silence.silent(30, number=54, facts=FACTS, trials={"points": past})
    known = silence.silent(30, number=53, facts=FACTS)
    silence.write(replace(known, trials={"points": Trial(known.active_day, "treatment", START)}))


def test_a_preview_tells_all_and_writes_nothing(silence: Silence, capsys: pytest.CaptureFixture[str]) -> None:
    cohort(silence)
    before = items(silence)

    assert run(silence, "preview", "points") == 0

    said = capsys.readouterr().out
    assert items(silence) == before
    assert "策略 points 在 2026-03-04 这一天：看了 61 批、46 位会员。" in said
    treated = int(said.split("会提醒 ")[1].split(" 人")[0])
    assert (
        f"会提醒 {treated} 人，对照组 {41 - treated} 人不提醒。什么也没有写入。\n  第 1 次提醒 {treated} 人\n" in said
    )
    assert f"  模板消息接口 {treated} 次，微信每天给 100,000 次，当天已用 0 次\n" in said
    assert f"发送时间：\n  2026-03-04 10:00　{'█' * 30} {treated}\n" in said
    reasons = said[said.index("不提醒 5 人：") : said.index("例如会员")]
    assert "  以前安排过 1 人\n" in reasons
    assert "  缺少要填写的会员数据 2 人\n" in reasons
    assert "  不在策略的对象里 1 人\n" in reasons
    assert "  对方屏蔽了通知 1 人\n" in reasons
    assert "例如会员 m-30-" in said
    assert "oSilent" not in said


def test_a_preview_says_what_the_planner_then_does(silence: Silence, capsys: pytest.CaptureFixture[str]) -> None:
    cohort(silence)
    run(silence, "enable", "points")
    run(silence, "preview", "points")
    said = capsys.readouterr().out

    silence.world.plan()

    states = silence.states()
    assert f"会提醒 {states['planned']} 人，对照组 {states['held control']} 人不提醒" in said
    run(silence, "preview", "points")
    assert "会提醒 0 人，对照组 0 人不提醒" in capsys.readouterr().out


def test_a_file_can_be_looked_at_before_it_is_saved(
    silence: Silence, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(5):
        silence.silent(14, number=number)
    silence.silent(20)

    assert run(silence, "preview", "--file", str(a_file(tmp_path, MASS + "hold_out: 0\nlimits: {per_tick: 2}"))) == 0

    said = capsys.readouterr().out
    assert "看了 1 批、5 位会员。\n会提醒 5 人，对照组 0 人不提醒。" in said
    assert "  群发接口 3 次，微信每天给 100 次，当天已用 0 次\n" in said
    assert "例如会员 m-14-0：2026-02-18 起沉默，第 1 次，群发，2026-03-04 18:00:00\n" in said


def test_a_file_that_breaks_rules_is_not_looked_at(
    silence: Silence, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(silence, "preview", "--file", str(another(tmp_path, "days: 75", "days: 99999999"))) == 1

    assert "第 2 级：days 应当在 1–400 之间" in capsys.readouterr().err


def test_a_preview_stops_at_the_members_it_was_given_and_says_so(
    silence: Silence, capsys: pytest.CaptureFixture[str]
) -> None:
    cohort(silence)

    assert run(silence, "preview", "points", "--most", "10") == 0

    assert "10 位会员（还有更多，没有看完，下面的数字只算看过的）" in capsys.readouterr().out


def test_a_preview_says_when_a_day_is_not_enough(silence: Silence, capsys: pytest.CaptureFixture[str]) -> None:
    cohort(silence)
    limited = replace(stored(silence), limits=replace(stored(silence).limits, per_day=10), backlog=Backlog())
    silence.commit(limited.put())

    assert run(silence, "preview", "points") == 0

    assert "每天最多安排 10 人：排不完的以后几天接着。" in capsys.readouterr().out


def test_a_preview_of_a_large_cohort_reads_all_of_it(silence: Silence, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(1_000):
        silence.silent(30, number=number, facts=FACTS)

    assert run(silence, "preview", "points") == 0

    assert "1,000 位会员。" in capsys.readouterr().out


def test_a_hold_out_member_is_shown_as_such(silence: Silence, capsys: pytest.CaptureFixture[str]) -> None:
    active = silence.silent(75).active_day
    held = Trial(active, "control", START - timedelta(days=45))
    silence.silent(75, number=1, facts=FACTS, trials={"points": held})

    assert run(silence, "preview", "points") == 0

    assert "第 2 次，对照组，不提醒" in capsys.readouterr().out


def test_the_reasons_of_the_planner_have_words() -> None:
    assert {"gone", "active", "audience", "no_step"} <= set(ops_reactivation_preview.REASONS)


# Days from which and until which it holds.


def seasonal(silence: Silence, *, first_day: str = "", last_day: str = "") -> None:
    silence.commit(replace(stored(silence), first_day=first_day, last_day=last_day).put())


def test_a_preview_of_what_has_not_begun_is_of_its_first_day_and_says_so(
    silence: Silence, capsys: pytest.CaptureFixture[str]
) -> None:
    seasonal(silence, first_day="2026-03-09")
    for number in range(20):
        silence.silent(25, number=number, facts=FACTS)

    assert run(silence, "preview", "points") == 0

    said = capsys.readouterr().out
    assert said.startswith("策略 points 从 2026-03-09 起才安排。下面是那一天，假定现在沉默的人到那时都没有互动。\n")
    assert "策略 points 在 2026-03-09 这一天：看了 61 批、20 位会员。" in said
    assert "会提醒 0 人" not in said
    assert "  2026-03-09 08:00　" in said


def test_a_preview_of_what_is_over_says_so(silence: Silence, capsys: pytest.CaptureFixture[str]) -> None:
    seasonal(silence, first_day="2026-02-01", last_day="2026-03-03")

    assert run(silence, "preview", "points") == 0

    assert capsys.readouterr().out == "策略 points 到 2026-03-03 已经结束：不再安排任何人。\n"


def test_who_enables_what_has_not_begun_is_told_from_when_it_holds(
    silence: Silence, capsys: pytest.CaptureFixture[str]
) -> None:
    seasonal(silence, first_day="2026-03-09")

    assert run(silence, "enable", "points") == 0
    assert "已启用 points，从 2026-03-09 起安排。" in capsys.readouterr().out
    pausing.pause_account(silence.table, "shop", reason="operator", now=START)
    assert run(silence, "enable", "points") == 0
    assert "恢复以后才会安排，最早 2026-03-09。" in capsys.readouterr().out


def test_who_changes_what_has_not_begun_is_told_from_when_it_holds(
    silence: Silence, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(silence, "enable", "points")

    assert save(silence, another(tmp_path, "name: points", 'name: points\nfirst_day: "2026-03-09"')) == 0

    assert "已保存 points，版本 3。2026-03-09 起按新的来。" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        ({"first_day": "2026-03-01", "last_day": "2026-03-31"}, "　2026-03-01 至 2026-03-31　"),
        ({"first_day": "2026-03-01"}, "　2026-03-01 起　"),
        ({"last_day": "2026-03-31"}, "　到 2026-03-31 为止　"),
    ],
)
def test_the_list_shows_from_when_until_when(
    silence: Silence, days: dict[str, str], shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    seasonal(silence, **days)

    assert run(silence, "list") == 0

    assert f"对照组 10%{shown}还没有运行过" in capsys.readouterr().out


def test_the_list_says_how_far_it_is_also_where_nobody_was_planned(
    silence: Silence, capsys: pytest.CaptureFixture[str]
) -> None:
    run(silence, "enable", "points")
    silence.world.plan()

    assert run(silence, "list") == 0
    assert "安排到 2026-03-04，还没有安排过人\n" in capsys.readouterr().out

    silence.silent(29, facts=FACTS)
    silence.later(days=1)
    silence.world.plan()
    assert run(silence, "list") == 0
    assert "安排到 2026-03-05，2026-03-05 安排了 1 人\n" in capsys.readouterr().out


# Channels that nobody comes by.


def audience(path: Path) -> Path:
    return another(path, "no_tag: [员工]", "channels: [store-01, nosuch]")


def publish(silence: Silence, version: int, *scenes: str) -> None:
    known = Release(version, channels=tuple(Channel(scene, scene) for scene in scenes))
    state = replace(find_account(silence.table, "shop"), release=version)
    silence.commit(*parts("shop", known), state.put())


def roll_back(silence: Silence, version: int) -> None:
    silence.commit(replace(find_account(silence.table, "shop"), release=version).put())


def test_channels_that_no_release_names_are_told(
    silence: Silence, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(silence, 7, "store-01")

    assert save(silence, audience(tmp_path)) == 0

    assert "请注意：audience.channels：已发布的问答里没有渠道 nosuch：" in capsys.readouterr().out


def test_where_nothing_is_published_every_channel_is_told(
    silence: Silence, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roll_back(silence, 0)

    assert save(silence, audience(tmp_path)) == 0

    assert "没有渠道 store-01、nosuch：" in capsys.readouterr().out


def test_of_a_release_that_cannot_be_read_no_channel_is_told(
    silence: Silence, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roll_back(silence, 8)

    assert save(silence, audience(tmp_path)) == 0

    assert "audience.channels" not in capsys.readouterr().out


def test_channels_that_a_release_names_are_fine(
    silence: Silence, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(silence, 7, "store-01")

    assert save(silence, another(tmp_path, "no_tag: [员工]", "channels: [store-01]")) == 0

    assert "请注意" not in capsys.readouterr().out
