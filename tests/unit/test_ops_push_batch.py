"""``ops push batch``: what an operator reads of a mass message."""

from dataclasses import replace

import pytest

from infra import ops
from tests.support.masses import a_shop_with, plan, plan_in_parts, the_batch
from tests.support.memory import MemoryShop


def tells(shop: MemoryShop, batch_id: str, capsys: pytest.CaptureFixture[str], *, code: int = 0) -> str:
    assert ops.main(["push", "batch", batch_id, "--account", shop.account], open_table=shop.world.table) == code
    said = capsys.readouterr()
    return said.err if code else said.out


def test_a_mass_is_told_from_its_list_to_what_wechat_counted(capsys: pytest.CaptureFixture[str]) -> None:
    shop, openids = a_shop_with(4)
    shop.say(openids[0], "退订")
    shop.simulator.act(openids[3], "receive_off")
    planned = plan_in_parts(shop, openids)
    before = tells(shop, planned.batch_id, capsys)
    shop.world.rest()
    reported = tells(shop, planned.batch_id, capsys)

    assert "状态 正在逐人检查\n" in before
    assert before.rstrip().endswith("名单 4 人")
    assert "状态 已结束，微信已受理\n" in reported
    assert "名单 4 人，检查后发给 3 人" in reported
    assert f"微信消息号 {the_batch(shop, planned).msgid}\n" in reported
    assert reported.rstrip().endswith("send success，共 3 人，过滤后 2 人，成功 2 人，失败 0 人")


def test_a_mass_that_wechat_has_not_counted_yet_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    shop, openids = a_shop_with(2)
    (planned,) = plan(shop, openids)
    shop.world.rest()
    shop.world.table().write([replace(the_batch(shop, planned), msgid="77").put()])

    assert tells(shop, planned.batch_id, capsys).rstrip().endswith("微信还没有回报送达情况")


def test_a_mass_that_did_not_go_out_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    shop, openids = a_shop_with(2)
    shop.say(openids[0], "退订")
    (planned,) = plan(shop, openids)
    shop.world.rest()

    assert "状态 已结束，没有发送：群发至少要有两位收件人" in tells(shop, planned.batch_id, capsys)


def test_a_batch_that_does_not_exist_is_not_found(capsys: pytest.CaptureFixture[str]) -> None:
    shop, _ = a_shop_with(0)

    assert "没有这个批次：abc" in tells(shop, "abc", capsys, code=1)
