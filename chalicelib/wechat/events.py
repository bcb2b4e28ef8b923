"""What happened in WeChat: the events of the official page on receiving events, and where each is described.

Names are compared in lower case: their case has drifted over the years.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from chalicelib.wechat.card_events import CARD_EVENTS, CardEvent
from chalicelib.wechat.fields import xml


@dataclass(frozen=True, slots=True)
class Key:
    """Subscribe, scan and menu events: which code, which menu item."""

    key: str = xml("EventKey")
    ticket: str = xml("Ticket")
    menu_id: str = xml("MenuId")


@dataclass(frozen=True, slots=True)
class Position:
    """LOCATION: reported by the client, on entering the chat or every five seconds."""

    latitude: float = xml("Latitude")
    longitude: float = xml("Longitude")
    precision: float = xml("Precision")


@dataclass(frozen=True, slots=True)
class ScannedByMenu:
    key: str = xml("EventKey")
    scan_type: str = xml("ScanType", inside="ScanCodeInfo")
    scan_result: str = xml("ScanResult", inside="ScanCodeInfo")


@dataclass(frozen=True, slots=True)
class PicturesByMenu:
    """The pictures themselves follow as image messages."""

    key: str = xml("EventKey")
    pictures: int = xml("Count", inside="SendPicsInfo")


@dataclass(frozen=True, slots=True)
class PlaceByMenu:
    key: str = xml("EventKey")
    latitude: float = xml("Location_X", inside="SendLocationInfo")
    longitude: float = xml("Location_Y", inside="SendLocationInfo")
    label: str = xml("Label", inside="SendLocationInfo")
    name: str = xml("Poiname", inside="SendLocationInfo")


@dataclass(frozen=True, slots=True)
class TemplateFinished:
    """TEMPLATESENDJOBFINISH: what became of a template message."""

    msgid: str = xml("MsgID")
    status: str = xml("Status")
    """`success`, `failed:user block`, `failed: system failed`, `failed:freq limit`, or what WeChat invents next.
    The blank behind the colon comes and goes."""


@dataclass(frozen=True, slots=True)
class MassFinished:
    """MASSSENDJOBFINISH: counts of a mass message. The sender is the platform's helper, not a follower."""

    msg_id: str = xml("MsgID")
    status: str = xml("Status")
    total: int = xml("TotalCount")
    filtered: int = xml("FilterCount")
    sent: int = xml("SentCount")
    failed: int = xml("ErrorCount")


@dataclass(frozen=True, slots=True)
class PublishFinished:
    publish_id: str = xml("publish_id", inside="PublishEventInfo")
    status: int = xml("publish_status", inside="PublishEventInfo")
    article_id: str = xml("article_id", inside="PublishEventInfo")


@dataclass(frozen=True, slots=True)
class Choice:
    """One template that a follower accepted or refused."""

    template_id: str = xml("TemplateId")
    status: str = xml("SubscribeStatusString")
    scene: str = xml("PopupScene")


@dataclass(frozen=True, slots=True)
class SubscribePopup:
    """The follower answered a subscription popup."""

    choices: tuple[Choice, ...] = xml("List", inside="SubscribeMsgPopupEvent")


@dataclass(frozen=True, slots=True)
class SubscribeChange:
    """The follower changed a subscription in the settings; only refusals are pushed."""

    changes: tuple[Choice, ...] = xml("List", inside="SubscribeMsgChangeEvent")
    changes_as_popup: tuple[Choice, ...] = xml("List", inside="SubscribeMsgPopupEvent")
    """An older sample of the official page uses the popup's element here: both are read."""

    @property
    def choices(self) -> tuple[Choice, ...]:
        return self.changes or self.changes_as_popup


@dataclass(frozen=True, slots=True)
class SubscribeResult:
    template_id: str = xml("TemplateId")
    msgid: str = xml("MsgID")
    code: int = xml("ErrorCode")
    status: str = xml("ErrorStatus")


@dataclass(frozen=True, slots=True)
class SubscribeSent:
    """What became of a subscription notice."""

    results: tuple[SubscribeResult, ...] = xml("List", inside="SubscribeMsgSentEvent")


@dataclass(frozen=True, slots=True)
class Authorization:
    """The platform asks to correct or delete a person's data. `openid` is whom it concerns, the sender is not."""

    openid: str = xml("OpenID")
    unionid: str = xml("UnionID")
    appid: str = xml("AppID")
    revoked: str = xml("RevokeInfo")
    """Codes of what was revoked: 201 address … 207 chosen pictures."""


@dataclass(frozen=True, slots=True)
class HumanSession:
    """A chat with human service was opened, closed or passed on."""

    worker: str = xml("KfAccount")
    close_type: str = xml("CloseType")
    from_worker: str = xml("FromKfAccount")
    to_worker: str = xml("ToKfAccount")


@dataclass(frozen=True, slots=True)
class Verification:
    """The account's own verification: passed, failed, due or expired."""

    expires: int = xml("ExpiredTime")
    failed: int = xml("FailTime")
    reason: str = xml("FailReason")


Event: TypeAlias = (
    Key
    | Position
    | ScannedByMenu
    | PicturesByMenu
    | PlaceByMenu
    | TemplateFinished
    | MassFinished
    | PublishFinished
    | SubscribePopup
    | SubscribeChange
    | SubscribeSent
    | Authorization
    | HumanSession
    | Verification
    | CardEvent
)

EVENTS: dict[str, Callable[..., Event]] = {
    "subscribe": Key,
    "unsubscribe": Key,
    "scan": Key,
    "location": Position,
    "click": Key,
    "view": Key,
    "view_miniprogram": Key,
    "scancode_push": ScannedByMenu,
    "scancode_waitmsg": ScannedByMenu,
    "pic_sysphoto": PicturesByMenu,
    "pic_photo_or_album": PicturesByMenu,
    "pic_weixin": PicturesByMenu,
    "location_select": PlaceByMenu,
    "templatesendjobfinish": TemplateFinished,
    "masssendjobfinish": MassFinished,
    "publishjobfinish": PublishFinished,
    "subscribe_msg_popup_event": SubscribePopup,
    "subscribe_msg_change_event": SubscribeChange,
    "subscribe_msg_sent_event": SubscribeSent,
    "user_info_modified": Authorization,
    "user_authorization_revoke": Authorization,
    "user_authorization_cancellation": Authorization,
    "kf_create_session": HumanSession,
    "kf_close_session": HumanSession,
    "kf_switch_session": HumanSession,
    "qualification_verify_success": Verification,
    "qualification_verify_fail": Verification,
    "naming_verify_success": Verification,
    "naming_verify_fail": Verification,
    "annual_renew": Verification,
    "verify_expired": Verification,
    **CARD_EVENTS,
}

ABOUT_NOBODY = frozenset({
    "masssendjobfinish", "publishjobfinish", "card_pass_check", "card_not_pass_check", "card_sku_remind",
    "card_pay_order", "qualification_verify_success", "qualification_verify_fail", "naming_verify_success",
    "naming_verify_fail", "annual_renew", "verify_expired",
})  # fmt: skip
"""Events whose sender is a helper of the platform: they concern the account, no follower."""

ABOUT_OPENID = frozenset({"user_info_modified", "user_authorization_revoke", "user_authorization_cancellation"})
"""Events whose person is the `OpenID` of the body, while the sender is a service of the platform."""
