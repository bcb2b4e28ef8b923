"""What followers do in a shop, wherever its world stands."""

from abc import ABC, abstractmethod

from infra.local.wechat_simulator import Outcome, Simulator


class Followers(ABC):
    """The followers of one account."""

    account: str

    @property
    @abstractmethod
    def simulator(self) -> Simulator: ...

    def follower(self, *, scene: str | None = "") -> str:
        """A new follower's openid; with `scene=None` one who does not follow yet."""
        openid = self.simulator.add_follower(self.account)
        if scene is not None:
            self.simulator.follow(openid, scene)
        return openid

    def say(self, openid: str, text: str) -> Outcome:
        return self.simulator.say(openid, text)

    def answer(self, openid: str, text: str) -> str:
        """What the follower reads as the answer to a text."""
        saw = self.say(openid, text).saw
        return str(saw[-1].get("text", saw[-1]["type"])) if saw else ""
