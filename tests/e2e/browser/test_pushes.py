"""Notices on the phone page: asked for as `make run` prints it, looked after as an operator would."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from infra.local.demo.notice import Notice
from infra.local.world import LocalWorld
from tests.support.events import an_order, signed
from tests.support.phone import SOON, Phone, picture

TOMORROW = {"character_string1": "20260304-0001", "thing2": "草莓两盒", "time3": "2026-03-05 18:00"}
NEWS = {
    "kind": "season.arrival",
    "key": "2026-spring",
    "channel": "subscribe",
    "class": "product",
    "template": "season-arrival",
    "data": {"thing1": "春笋", "time2": "2026-03-06 08:00", "thing3": "清晨到店"},
}


@dataclass(frozen=True, slots=True)
class Counter:
    """Where notices are asked for, and where an operator looks what became of them."""

    world: LocalWorld
    notice: Notice

    def paste(self) -> str:
        """The printed command, in a shell; returns the outcome and the push's id."""
        command = self.notice.as_shell(self.world.gateway.url, self.world.wechat.url)
        run = subprocess.run(["bash", "-eu", "-c", command], capture_output=True, text=True, timeout=60, check=True)
        return _planned(json.loads(run.stdout))

    def ask(self, event: Mapping[str, Any]) -> str:
        """As the shop's other systems do; returns the push's id."""
        account, at = self.notice.account, self.world.clock.now()
        request = signed(event, at=at, account=account, key=self.notice.key, secret=self.notice.secret)
        url = f"{self.world.gateway.url}/events/{account}"
        headers = {**request.headers, "Content-Type": "application/json"}
        return _planned(requests.post(url, request.body, headers=headers, timeout=15).json())

    def tells(self, push_id: str, words: str, *, seconds: float = 30) -> None:
        """`ops push status` comes to say this."""
        until = monotonic() + seconds
        while words not in (told := self._status(push_id)):
            assert monotonic() < until, told
            sleep(0.2)

    def _status(self, push_id: str) -> str:
        """In a process of its own, which knows nothing but what `make run` prints for it."""
        command = [sys.executable, "-m", "infra.ops", "push", "status", push_id, "--account", self.notice.account]
        environment = {"PATH": os.environ["PATH"], **self.world.environment}
        run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
        return run.stdout


@pytest.fixture
def counter(world: LocalWorld, notice: Notice) -> Counter:
    return Counter(world, notice)


def test_an_order_that_is_told_five_times_shows_once(page: Page, counter: Counter) -> None:
    phone = Phone(page)
    phone.open(counter.notice.openid)

    (push_id,) = {counter.paste() for _ in range(5)}

    expect(phone.cards()).to_contain_text("草莓两盒", timeout=SOON)
    counter.tells(push_id, "已送达")
    expect(phone.cards()).to_have_count(1)


def test_at_night_nobody_is_disturbed_and_in_the_morning_told_once(
    page: Page, browser: Browser, counter: Counter
) -> None:
    phone = Phone(page)
    openid = phone.newcomer("小夜")
    phone.scan("store-01")
    phone.reads("谢谢您来店里逛")
    phone.sit_up_until(23)

    order = an_order(openid, data=TOMORROW, url="https://qinghe.example/orders/20260304-0001")
    first, again = counter.ask(order), counter.ask(order)

    assert first == again
    counter.tells(first, "推迟发送：免打扰时段，早上再发")
    expect(phone.cards()).to_have_count(0)

    phone.sleep_until_nine()
    expect(phone.cards()).to_contain_text("草莓两盒", timeout=SOON)
    counter.tells(first, "已送达")
    expect(phone.cards()).to_have_count(1)
    expect(page.get_by_test_id("chat").locator("time").first).to_contain_text("昨天")
    _portraits(page, browser)


def test_who_opted_out_is_told_of_the_order_and_not_of_the_news(page: Page, counter: Counter) -> None:
    phone = Phone(page)
    curious, tired = (_subscriber(phone, name) for name in ("小乐", "小安"))
    phone.say("退订")
    phone.reads("已为您退订")

    asked = {
        openid: (counter.ask(an_order(openid)), counter.ask(NEWS | {"openid": openid})) for openid in (curious, tired)
    }

    counter.tells(asked[tired][0], "已送达")
    counter.tells(asked[tired][1], "没有发送：对方已退订营销消息")
    expect(phone.cards()).to_have_count(1)
    expect(phone.cards()).to_contain_text("草莓两盒")
    phone.open(curious)
    expect(phone.cards()).to_have_count(2, timeout=SOON)
    expect(phone.cards().filter(has_text="春笋")).to_have_count(1)


def test_who_has_left_is_told_nothing_and_the_operator_reads_why(page: Page, counter: Counter) -> None:
    phone = Phone(page)
    openid = phone.newcomer("小远")
    phone.scan("flyer-03")
    phone.reads("邻居")
    phone.unfollow()

    push_id = counter.ask(an_order(openid))

    counter.tells(push_id, "没有发送：对方已取消关注")
    expect(phone.cards()).to_have_count(0)


def _subscriber(phone: Phone, name: str) -> str:
    """A follower who has accepted one notice of what is new."""
    openid = phone.newcomer(name)
    phone.scan("store-01")
    phone.reads("谢谢您来店里逛")
    phone.accept("时令上新提醒")
    return openid


def _planned(told: Mapping[str, Any]) -> str:
    (result,) = told["results"]
    assert result["outcome"] in ("planned", "known"), told
    return str(result["push_id"])


def _portraits(page: Page, browser: Browser) -> None:
    """The picture of docs/push.md, the card and beside it the call that brought it; and what a narrow screen shows."""
    page.get_by_test_id("tab-log").click()
    page.get_by_test_id("log-entry").filter(has_text="template/send").first.click()
    page.wait_for_timeout(700)
    page.screenshot(path=picture("push.png"))
    narrow = browser.new_page(viewport={"width": 390, "height": 844}, locale="zh-CN", timezone_id="Asia/Shanghai")
    narrow.goto(page.url)
    expect(Phone(narrow).cards()).to_be_visible(timeout=SOON)
    narrow.screenshot(path=picture("push-narrow.png"))
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390
    narrow.close()
