"""What people paid, and what they got back. Amounts are in fen."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

SHANGHAI = timezone(timedelta(hours=8))
PAID, REFUNDED = "SUCCESS", "REFUND"


@dataclass(frozen=True, slots=True)
class Refund:
    out_refund_no: str
    refund_id: str
    amount: int
    status: str
    at: datetime


@dataclass(slots=True)
class Order:
    """A paid order of one merchant."""

    appid: str
    mchid: str
    out_trade_no: str
    transaction_id: str
    openid: str
    total: int
    notify_url: str
    paid_at: datetime
    attach: str = ""
    refunds: list[Refund] = field(default_factory=list)

    @property
    def refundable(self) -> int:
        return self.total - sum(one.amount for one in self.refunds if one.status == PAID)

    def as_json(self) -> dict[str, Any]:
        """The transaction, as a notice and the query tell it."""
        is_refunded = self.refundable < self.total
        return {
            "appid": self.appid,
            "mchid": self.mchid,
            "out_trade_no": self.out_trade_no,
            "transaction_id": self.transaction_id,
            "trade_type": "JSAPI",
            "trade_state": REFUNDED if is_refunded else PAID,
            "trade_state_desc": "订单发生过退款" if is_refunded else "支付成功",
            "bank_type": "OTHERS",
            "attach": self.attach,
            "success_time": moment(self.paid_at),
            "payer": {"openid": self.openid},
            "amount": {
                "total": self.total,
                "payer_total": self.total,
                "currency": "CNY",
                "payer_currency": "CNY",
            },
        }

    def refund_as_json(self, refund: Refund) -> dict[str, Any]:
        """One refund, as its notice tells it."""
        ended = {"success_time": moment(refund.at)} if refund.status == PAID else {}
        return {
            "mchid": self.mchid,
            "out_trade_no": self.out_trade_no,
            "transaction_id": self.transaction_id,
            "out_refund_no": refund.out_refund_no,
            "refund_id": refund.refund_id,
            "refund_status": refund.status,
            **ended,
            "user_received_account": "支付用户零钱",
            "amount": {
                "total": self.total,
                "refund": refund.amount,
                "payer_total": self.total,
                "payer_refund": refund.amount,
            },
        }


def moment(at: datetime) -> str:
    """RFC 3339 in Shanghai's time, whole seconds."""
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")
