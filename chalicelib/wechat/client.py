"""The calls to WeChat that we make, named by what they do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from chalicelib.wechat.calls import Calls, TokenSource, clean, shaped
from chalicelib.wechat.connection import Connection
from chalicelib.wechat.templates import TemplateInfo

LONGEST_TEMPORARY = 2_592_000
"""Seconds that a temporary QR code lives at most: 30 days (official page: creating QR codes)."""
LONGEST_NUMBER = 20
"""Digits of a message's number: it has 64 bits, and stays a text here."""


@dataclass(frozen=True, slots=True)
class UserInfo:
    """What WeChat tells about a follower. Of someone who does not follow it tells only that."""

    following: bool
    unionid: str = field(default="", repr=False)
    remark: str = field(default="", repr=False)
    tag_ids: tuple[int, ...] = ()
    subscribe_scene: str = ""
    scene: str = ""
    """The scene of the QR code that brought them."""
    subscribed_at: datetime | None = None

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any]) -> Self:
        """Raises LookupError, OSError, OverflowError, TypeError or ValueError when it is misshapen."""
        subscribed = answer.get("subscribe_time")
        return cls(
            following=bool(answer["subscribe"]),
            unionid=clean(answer.get("unionid")),
            remark=clean(answer.get("remark")),
            tag_ids=tuple(int(tag) for tag in answer.get("tagid_list", ())),
            subscribe_scene=clean(answer.get("subscribe_scene")),
            scene=clean(answer.get("qr_scene_str") or answer.get("qr_scene")),
            subscribed_at=datetime.fromtimestamp(int(subscribed), tz=UTC) if subscribed else None,
        )


@dataclass(frozen=True, slots=True)
class FollowerPage:
    """Up to 10,000 followers. `next_openid` continues the list; empty at its end."""

    total: int
    openids: tuple[str, ...] = field(repr=False)
    next_openid: str = field(repr=False)

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any]) -> Self:
        """Raises AttributeError, LookupError, TypeError or ValueError when it is misshapen."""
        openids = tuple(map(str, answer.get("data", {}).get("openid", ())))
        return cls(int(answer["total"]), openids, str(answer.get("next_openid", "")) if openids else "")


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code that leads to the account. `url` is what it says; WeChat draws it for the `ticket`."""

    ticket: str
    url: str


class CallQuota(NamedTuple):
    """Calls of one path today, as WeChat counts them: its numbers may be off by a hundredth."""

    limit: int
    used: int


class WechatClient:
    """Calls for one account. Each raises a WechatError; a stale token is renewed once, never in a loop."""

    def __init__(self, connection: Connection, tokens: TokenSource) -> None:
        self._calls = Calls(connection, tokens)

    def user_info(self, openid: str) -> UserInfo:
        return shaped(UserInfo.from_answer, self._calls.user.get(openid))

    def user_page(self, after: str = "") -> FollowerPage:
        """WeChat's list of followers, from behind an openid on."""
        return shaped(FollowerPage.from_answer, self._calls.get("user/get", params={"next_openid": after}))

    def user_infos(self, openids: Sequence[str]) -> Mapping[str, UserInfo]:
        """Of 1 to 100 people. One openid that is not of this account refuses all of them (RecipientGone)."""
        asked = {"user_list": [{"openid": openid} for openid in openids]}
        answer = self._calls.post("user/info/batchget", data=asked)
        return shaped(
            lambda told: {str(one["openid"]): UserInfo.from_answer(one) for one in told["user_info_list"]}, answer
        )

    def create_tag(self, name: str) -> int:
        """Returns its number. An account has 100 tags at most, of 30 characters each."""
        answer = self._calls.post("tags/create", data={"tag": {"name": name}})
        return shaped(lambda told: int(told["tag"]["id"]), answer)

    def tag(self, tag_id: int, openids: Sequence[str]) -> None:
        """Give the tag to 1 to 50 followers. Raises Partial with those who did not get it."""
        self._calls.post("tags/members/batchtagging", data={"tagid": tag_id, "openid_list": list(openids)})

    def untag(self, tag_id: int, openids: Sequence[str]) -> None:
        """Take the tag from 1 to 50 followers. Raises Partial with those who still have it."""
        self._calls.post("tags/members/batchuntagging", data={"tagid": tag_id, "openid_list": list(openids)})

    def tag_names(self) -> Mapping[int, str]:
        """The account's tags, by id. The system's own have the ids 0, 1 and 2."""
        return shaped(lambda tags: {int(tag["id"]): clean(tag["name"]) for tag in tags}, self._calls.tag.get())

    def create_menu(self, menu: Mapping[str, Any]) -> None:
        """Replace the menu below every chat. Followers see it within five minutes."""
        self._calls.menu.create(menu)

    def create_qrcode(self, scene: str, *, permanent: bool = False, seconds: int = LONGEST_TEMPORARY) -> QrCode:
        """A code for a scene of 1 to 64 characters. `seconds` holds for a temporary one.

        An account has 100,000 permanent codes in all, and none can be deleted.
        """
        action: dict[str, Any] = {"action_info": {"scene": {"scene_str": scene}}}
        if permanent:
            action |= {"action_name": "QR_LIMIT_STR_SCENE"}
        else:
            action |= {"action_name": "QR_STR_SCENE", "expire_seconds": seconds}
        answer = self._calls.qrcode.create(action)
        return shaped(lambda made: QrCode(str(made["ticket"]), str(made["url"])), answer)

    def send_template(
        self,
        openid: str,
        template: str,
        data: Mapping[str, str],
        *,
        url: str = "",
        miniprogram: Mapping[str, str] | None = None,
        client_msg_id: str = "",
    ) -> str:
        """Returns the message's number, which its finish event names again.

        WeChat sends one openid and `client_msg_id` once within ten minutes, however often it is called.
        """
        body = _notice(openid, template, data, url=url, miniprogram=miniprogram, client_msg_id=client_msg_id)
        return shaped(_number("msgid"), self._calls.post("message/template/send", data=body))

    def send_subscription(
        self,
        openid: str,
        template: str,
        data: Mapping[str, str],
        *,
        page: str = "",
        miniprogram: Mapping[str, str] | None = None,
    ) -> str:
        """Uses one consent. Returns the message's number, if WeChat tells it.

        It has no key of ours: never repeat it.
        """
        body = _notice(openid, template, data, page=page, miniprogram=miniprogram)
        return shaped(_number("msgid"), self._calls.post("message/subscribe/bizsend", data=body))

    def send_custom(self, openid: str, body: Mapping[str, Any]) -> None:
        """A customer-service message as WeChat takes it: ``{"msgtype": "text", "text": {"content": …}}``.

        It has no key of ours: never repeat it.
        """
        self._calls.post("message/custom/send", data={"touser": openid, **body})

    def send_mass(self, openids: Sequence[str], body: Mapping[str, Any], *, client_id: str) -> str:
        """To 2 to 10,000 followers. Returns the number of the send.

        WeChat takes one `client_id` (at most 32 bytes) once within 24 hours, and then raises AlreadyAccepted.
        """
        sent = {"touser": list(openids), **body, "clientmsgid": client_id}
        return shaped(_number("msg_id"), self._calls.post("message/mass/send", data=sent))

    def send_mass_to_tag(self, tag_id: int, body: Mapping[str, Any], *, client_id: str) -> str:
        """To all who bear the tag; otherwise as `send_mass`."""
        sent = {"filter": {"is_to_all": False, "tag_id": tag_id}, **body, "clientmsgid": client_id}
        return shaped(_number("msg_id"), self._calls.post("message/mass/sendall", data=sent))

    def quota(self, path: str) -> CallQuota:
        """What is known of a path (``/cgi-bin/message/template/send``) today."""
        answer = self._calls.post("openapi/quota/get", data={"cgi_path": path})
        return shaped(lambda told: CallQuota(int(told["quota"]["daily_limit"]), int(told["quota"]["used"])), answer)

    def private_templates(self) -> tuple[TemplateInfo, ...]:
        """The account's templates for service notices."""
        answer = self._calls.template.get_all_private_template()
        return shaped(lambda told: tuple(map(TemplateInfo.from_private, told["template_list"])), answer)

    def subscription_templates(self) -> tuple[TemplateInfo, ...]:
        """The account's templates for subscription notices."""
        answer = self._calls.get("/wxaapi/newtmpl/gettemplate")
        return shaped(lambda told: tuple(map(TemplateInfo.from_subscription, told["data"])), answer)


def _notice(openid: str, template: str, data: Mapping[str, str], **rest: Any) -> dict[str, Any]:
    """The body of a notice; what is empty is left out."""
    fields = {name: {"value": value} for name, value in data.items()}
    given = {name: value for name, value in rest.items() if value}
    return {"touser": openid, "template_id": template, "data": fields, **given}


def _number(name: str) -> Callable[[Mapping[str, Any]], str]:
    """Reads the number of an accepted send, as text; an answer that says neither it nor a code is none."""

    def read(answer: Mapping[str, Any]) -> str:
        if name not in answer and "errcode" not in answer:
            raise LookupError("neither number nor code")
        number = str(answer.get(name, ""))
        return number if number.isdecimal() and len(number) <= LONGEST_NUMBER else ""

    return read


WechatOf = Callable[[str], WechatClient]
"""The client of an account; one per account and invocation, so that its token calls are counted."""
