"""The phone page as a follower's hands use it."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

PICTURES = Path("build/pictures")
SOON = 20_000
"""Milliseconds that anything on the page may take."""


class Phone:
    """One browser window; at any time it is some follower's phone."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def newcomer(self, name: str) -> str:
        """A person who does not follow yet; returns their openid."""
        self.page.get_by_label("新粉丝的昵称，可不填").fill(name)
        expect(self.page.get_by_test_id("follower-item").first).to_be_visible()
        before = self.page.evaluate("location.hash")
        self.page.get_by_test_id("new-follower").click()
        self.page.wait_for_function("before => location.hash !== before", arg=before)
        return str(self.page.evaluate("new URLSearchParams(location.hash.slice(1)).get('openid')"))

    def open(self, openid: str) -> None:
        self.page.locator(f'[data-testid=follower-item][data-openid="{openid}"]').click()

    def say(self, text: str) -> None:
        self._write()
        self.page.get_by_test_id("input").fill(text)
        self.page.get_by_test_id("send").click()

    def bubbles(self, side: str) -> Locator:
        return self.page.locator(f'[data-testid=bubble][data-from="{side}"]')

    def cards(self) -> Locator:
        """The notices in the chat, by template or by subscription."""
        return self.page.locator("[data-testid=bubble]:is([data-type=template], [data-type=subscribe])")

    def reads(self, text: str) -> None:
        """The last thing that the account said has this in it."""
        expect(self.bubbles("account").last).to_contain_text(text, timeout=SOON)

    def scan(self, name: str) -> None:
        self.page.get_by_test_id("tab-qr").click()
        self.page.get_by_test_id("qr-item").filter(has_text=name).get_by_test_id("qr-scan").click()

    def accept(self, title: str) -> None:
        """Accept one subscription notice."""
        self._write()
        self.page.get_by_test_id("plus").click()
        self.page.get_by_test_id("plus-accept").click()
        self.page.get_by_test_id("subscription").filter(has_text=title).click()

    def unfollow(self) -> None:
        self.page.get_by_test_id("more").click()
        self.page.get_by_test_id("unfollow").click()
        expect(self.page.get_by_test_id("follow")).to_be_visible(timeout=SOON)

    def sit_up_until(self, hour: int) -> None:
        """Turn the clock on, hour by hour, until it is that hour of the day."""
        self.page.get_by_test_id("tab-clock").click()
        clock = self.page.get_by_test_id("clock-now")
        while f" {hour}:" not in (before := clock.inner_text()):
            self.page.get_by_test_id("clock-1h").click()
            expect(clock).not_to_contain_text(before[: len("2026-03-04 10:")], timeout=SOON)

    def sleep_until_nine(self) -> None:
        self.page.get_by_test_id("tab-clock").click()
        self.page.get_by_test_id("clock-9am").click()

    def _write(self) -> None:
        """The input, where the account's menu stands in its place."""
        if not self.page.get_by_test_id("input").is_visible():
            self.page.get_by_test_id("toggle-input").click()


def picture(name: str) -> Path:
    PICTURES.mkdir(parents=True, exist_ok=True)
    return PICTURES / name
