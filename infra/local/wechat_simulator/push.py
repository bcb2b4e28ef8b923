"""One thing that WeChat wants to tell the account's server."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.local.wechat_simulator import markup
from infra.local.wechat_simulator.switches import Switches


@dataclass(frozen=True, slots=True)
class Push:
    """A message or an event, before it is sealed. `openid` is its sender, perhaps a service of the platform."""

    account: str
    openid: str
    xml: bytes
    msg_type: str = ""
    event: str = ""
    title: str = ""
    was_held: bool = False

    def shows_failure(self, switches: Switches) -> bool:
        """Whether the follower waits in the chat and sees the error text."""
        return not self.event or self.event in switches.error_shown_for

    def may_be_answered(self, switches: Switches) -> bool:
        return not self.event or self.event in switches.answerable_events


def push_of(account: str, fields: Mapping[str, markup.Value], *, openid: str, title: str = "") -> Push:
    """A push whose body has these fields."""
    return Push(
        account=account,
        openid=openid,
        xml=markup.write(fields).encode(),
        msg_type=str(fields.get("MsgType", "")),
        event=str(fields.get("Event", "")),
        title=title or str(fields.get("Event") or fields.get("MsgType") or ""),
    )
