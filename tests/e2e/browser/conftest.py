"""The demo shop on a Wednesday morning, and a browser in front of it."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from infra.local.demo.notice import Notice
from infra.local.demo.seeding import seed
from infra.local.wechat_simulator import Clock
from infra.local.world import LocalWorld
from tests.support.shop import MORNING, Shop

QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
"""Chromium calls nobody but the page it shows."""


@pytest.fixture(scope="module")
def world() -> Iterator[LocalWorld]:
    world = LocalWorld(clock=Clock(start=MORNING), seed=7)
    world.start()
    try:
        yield world
    finally:
        world.stop()


@pytest.fixture(scope="module")
def notice(world: LocalWorld) -> Notice:
    """What `make run` prints; with it the shop is open."""
    return seed(world)


@pytest.fixture(scope="module")
def shop(world: LocalWorld, notice: Notice) -> Shop:
    return Shop(world, notice.account)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, shop: Shop) -> Iterator[Page]:
    """The phone page. An error in its console, or a request to anyone else, fails the test."""
    troubles: list[str] = []
    page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai")
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: _watch(request.url, shop, troubles))
    page.goto(shop.world.wechat.url)
    yield page
    page.close()
    assert not troubles


def _watch(url: str, shop: Shop, troubles: list[str]) -> None:
    if not url.startswith((shop.world.wechat.url, "data:", "blob:")):
        troubles.append(f"a request to {url}")
