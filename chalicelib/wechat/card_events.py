"""Events of WeChat's cards and member cards."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from chalicelib.wechat.fields import xml


@dataclass(frozen=True, slots=True)
class CardChecked:
    card_id: str = xml("CardId")
    refused_because: str = xml("RefuseReason")


@dataclass(frozen=True, slots=True)
class CardTaken:
    card_id: str = xml("CardId")
    code: str = xml("UserCardCode")
    previous_code: str = xml("OldUserCardCode")
    by_friend: int = xml("IsGiveByFriend")
    restored: int = xml("IsRestoreMemberCard")
    outer: str = xml("OuterStr")


@dataclass(frozen=True, slots=True)
class CardGiven:
    card_id: str = xml("CardId")
    code: str = xml("UserCardCode")
    returned: int = xml("IsReturnBack")
    to_group: int = xml("IsChatRoom")


@dataclass(frozen=True, slots=True)
class CardUsed:
    """Deleted, viewed, opened the chat from, or activated."""

    card_id: str = xml("CardId")
    code: str = xml("UserCardCode")
    outer: str = xml("OuterStr")


@dataclass(frozen=True, slots=True)
class CardConsumed:
    card_id: str = xml("CardId")
    code: str = xml("UserCardCode")
    source: str = xml("ConsumeSource")
    place: str = xml("LocationName")
    verify_code: str = xml("VerifyCode")
    remark_amount: str = xml("RemarkAmount")


@dataclass(frozen=True, slots=True)
class CardPaid:
    card_id: str = xml("CardId")
    code: str = xml("UserCardCode")
    transaction: str = xml("TransId")
    location_id: str = xml("LocationId")
    fee: int = xml("Fee")
    """In fen."""
    original_fee: int = xml("OriginalFee")


@dataclass(frozen=True, slots=True)
class CardUpdated:
    card_id: str = xml("CardId")
    code: str = xml("UserCardCode")
    bonus: int = xml("ModifyBonus")
    balance: int = xml("ModifyBalance")


@dataclass(frozen=True, slots=True)
class CardStock:
    card_id: str = xml("CardId")
    detail: str = xml("Detail")


@dataclass(frozen=True, slots=True)
class CardOrder:
    order_id: str = xml("OrderId")
    status: str = xml("Status")


CardEvent: TypeAlias = (
    CardChecked | CardTaken | CardGiven | CardUsed | CardConsumed | CardPaid | CardUpdated | CardStock | CardOrder
)

CARD_EVENTS: dict[str, Callable[..., CardEvent]] = {
    "card_pass_check": CardChecked,
    "card_not_pass_check": CardChecked,
    "user_get_card": CardTaken,
    "user_gifting_card": CardGiven,
    "user_del_card": CardUsed,
    "user_consume_card": CardConsumed,
    "user_pay_from_pay_cell": CardPaid,
    "user_view_card": CardUsed,
    "user_enter_session_from_card": CardUsed,
    "update_member_card": CardUpdated,
    "card_sku_remind": CardStock,
    "card_pay_order": CardOrder,
    "submit_membercard_user_info": CardUsed,
}
