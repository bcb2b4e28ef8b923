"""Every callback takes effect exactly once, and every retry gets the same answer."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.wechat_simulator import Outcome
from tests.support.shop import Shop, add_shop, an_account

PROCESS = "tests.support.lambda_process"
ROOT = Path(__file__).parents[2]


def texts(outcome: Outcome) -> list[str]:
    return [str(message.get("text", message["type"])) for message in outcome.saw]


@pytest.mark.parametrize("kind", ["duplicate", "concurrent"])
def test_a_message_delivered_three_times_has_one_effect_and_one_answer(shop: Shop, kind: str) -> None:
    openid = shop.follower()
    shop.quiet()
    before = shop.member(openid)
    journal = len(shop.items(f"L#{shop.account}#"))
    shop.world.simulator.add_fault(kind, copies=3)

    outcome = shop.say(openid, "新")

    assert len(outcome.deliveries) == 3
    assert set(texts(outcome)) == {"新客满 39 减 12"}
    after = shop.member(openid)
    assert before is not None
    assert after is not None
    assert int(after["version"]["N"]) == int(before["version"]["N"]) + 1
    assert len(shop.items(f"L#{shop.account}#")) == journal + 1


def test_a_stranger_whose_first_message_comes_three_times_at_once_becomes_one_member(shop: Shop) -> None:
    openid = shop.follower(scene=None)
    before = len(shop.journal("followed"))
    shop.world.simulator.add_fault("concurrent", copies=3)

    shop.world.simulator.follow(openid, "store-01")
    shop.quiet()

    assert len(shop.journal("followed")) == before + 1


def test_a_lost_reply_is_given_again_word_for_word(shop: Shop) -> None:
    openid = shop.follower()
    shop.world.simulator.add_fault("reply_lost")

    outcome = shop.say(openid, "开车来可以吗")

    assert len(outcome.deliveries) == 2
    assert len(outcome.saw) == 1
    receipts = [item for item in shop.items(f"R#{shop.account}#") if "停车吗" in str(item.get("reply"))]
    assert len(receipts) == 1


def test_a_process_killed_between_commit_and_reply_loses_nothing(shop: Shop) -> None:
    dying = add_shop(shop.world, an_account("dying"))
    openid = dying.follower(scene=None)
    shop.world.simulator.set_switches(retry_spacing_seconds=1.5)

    with _process(shop, "--die-after-commit") as first:
        outcome = _follow_through(shop, first, openid)
    shop.world.simulator.set_switches(retry_spacing_seconds=0.2)

    assert outcome.deliveries[0].status is None
    assert outcome.deliveries[-1].status == 200
    assert texts(outcome) == ["谢谢您来店里"]
    assert len(dying.journal("followed")) == 1
    dying.quiet(seconds=90)
    assert dying.journal("profile")


def _process(shop: Shop, *options: str) -> subprocess.Popen[str]:
    """A gateway of its own, which dies by its own hand as soon as it has committed."""
    command = [sys.executable, "-m", PROCESS, shop.world.aws.url, shop.world.wechat.url,
               shop.world.clock.now().isoformat(), *options]  # fmt: skip
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _follow_through(shop: Shop, process: subprocess.Popen[str], openid: str) -> Outcome:
    """Have WeChat call the process first; when that is dead, its port is taken over by a healthy gateway."""
    assert process.stdout is not None
    port = int(process.stdout.readline())
    account = an_account("dying", callback_url=f"http://127.0.0.1:{port}/wechat/dying")
    shop.world.simulator.add_account(account)
    with _Successor(shop, process, port):
        return shop.world.simulator.follow(openid, "store-01")


class _Successor:
    """Waits for the process to die, then serves its port."""

    def __init__(self, shop: Shop, process: subprocess.Popen[str], port: int) -> None:
        from threading import Thread

        self._process, self._port = process, port
        self._thread = Thread(target=self._take_over, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join(timeout=10)
        self._gateway.stop()

    def _take_over(self) -> None:
        from infra.local.environments import Environments
        from infra.local.gateway import Gateway

        assert self._process.wait(timeout=30) == 9
        self._gateway = Gateway(Environments(1, stage="local"), port=self._port)
        self._gateway.start()
