"""A follower's life on the phone page, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.phone import Phone, picture
from tests.support.shop import Shop


def test_a_follower_comes_asks_is_tagged_opts_out_goes_and_returns(page: Page, shop: Shop) -> None:
    phone = Phone(page)
    openid = phone.newcomer("小雨")

    phone.scan("store-01")
    phone.reads("谢谢您来店里逛")
    phone.say("草莓怎么保存？")
    phone.reads("草莓")
    phone.say("新")
    phone.reads("欢迎新邻居")
    assert _tags(shop, openid) == ["新客"]
    phone.say("能送到隔壁小区吗")
    phone.reads("您是不是想问")
    _portrait(page)
    phone.say("量子纠缠是什么")
    phone.reads("人工")
    phone.say("人工")
    expect(phone.bubbles("system").last).to_contain_text("人工", timeout=10_000)
    phone.say("退出人工")
    phone.reads("已退出人工服务")
    phone.say("退订")
    phone.reads("已为您退订")
    phone.say("我的数据")
    phone.reads("来源渠道：门店收银台海报")
    phone.reads("标签：新客")

    phone.unfollow()
    shop.quiet()
    assert not [item for item in shop.items() if openid in str(item)]

    page.get_by_test_id("follow").click()
    phone.reads("欢迎来到青禾生鲜")
    phone.say("我的数据")
    phone.reads("退订")
    member = shop.member(openid)
    assert member is not None
    assert "opted_out_at" in member


def test_a_doubtful_question_is_asked_back_and_answered_by_number(page: Page, shop: Shop) -> None:
    phone = Phone(page)
    phone.newcomer("阿哲")
    phone.scan("flyer-03")
    phone.reads("邻居")

    phone.say("能送到隔壁小区吗")
    phone.reads("您是不是想问")
    phone.say("1")

    expect(phone.bubbles("account").last).not_to_contain_text("您是不是想问", timeout=10_000)


def test_the_menu_answers_like_the_words_it_stands_for(page: Page, shop: Shop) -> None:
    phone = Phone(page)
    phone.newcomer("老周")
    phone.scan("flyer-03")
    phone.reads("邻居")

    page.get_by_test_id("menu-button").filter(has_text="会员服务").click()
    page.get_by_test_id("menu-item").filter(has_text="积分怎么用").click()

    phone.reads("积分")


def test_the_wire_log_shows_the_delivery_decrypted(page: Page, shop: Shop) -> None:
    phone = Phone(page)
    phone.newcomer("小唐")
    phone.scan("store-01")
    phone.reads("谢谢您来店里逛")

    page.get_by_test_id("tab-log").click()
    entry = page.get_by_test_id("log-entry").filter(has_text="subscribe").first
    entry.click()

    expect(page.get_by_text(re.compile("qrscene_store-01")).first).to_be_visible()


def test_a_day_passes_at_a_click(page: Page, shop: Shop) -> None:
    before = shop.world.clock.now()

    page.get_by_test_id("tab-clock").click()
    page.get_by_test_id("clock-1d").click()
    expect(page.get_by_test_id("clock-now")).to_contain_text("2026-03-05", timeout=10_000)

    assert (shop.world.clock.now() - before).days >= 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_narrow_screen(browser: Browser, shop: Shop, scheme: str) -> None:
    narrow = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    openid = shop.follower(scene="store-01")

    narrow.goto(f"{shop.world.wechat.url}/#openid={openid}")
    expect(narrow.get_by_test_id("chat")).to_contain_text("谢谢您来店里逛", timeout=10_000)
    narrow.screenshot(path=picture(f"narrow-{scheme}.png"))

    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390
    narrow.close()


def test_what_a_follower_writes_is_never_run_as_html(page: Page, shop: Shop) -> None:
    phone = Phone(page)
    phone.newcomer("<img src=x onerror=alert(1)>")
    phone.scan("store-01")
    phone.reads("谢谢您来店里逛")

    phone.say('<script>document.title="hacked"</script><b>粗体</b>')

    expect(phone.bubbles("follower").last).to_contain_text("<b>粗体</b>")
    assert page.title() != "hacked"


def _portrait(page: Page) -> None:
    """The README's picture: the chat, and the last delivery opened."""
    page.get_by_test_id("tab-log").click()
    page.get_by_test_id("log-entry").filter(has_text="能送到隔壁").first.click()
    page.wait_for_timeout(700)
    page.screenshot(path=picture("phone.png"))


def _tags(shop: Shop, openid: str) -> list[str]:
    member = shop.member(openid)
    assert member is not None
    return [tag["S"] for tag in member.get("tags", {"L": []})["L"]]
