"""Acts on a page of the account: letting it know who is there, and paying."""

from infra.local.wechat_simulator import oauth, windows
from infra.local.wechat_simulator.account import Account, letters
from infra.local.wechat_simulator.acts import Act
from infra.local.wechat_simulator.arguments import Arguments
from infra.local.wechat_simulator.pay.notice import Notice
from infra.local.wechat_simulator.pay.orders import PAID, Order, Refund
from infra.local.wechat_simulator.person import Person
from infra.local.wechat_simulator.refusal import Missing, Refused
from infra.local.wechat_simulator.world import World

DIGITS = "0123456789"
REFUND_ENDS = {"SUCCESS": "退款成功", "ABNORMAL": "退款异常", "CLOSED": "退款关闭"}


def authorize(world: World, person: Person, given: Arguments) -> dict[str, str]:
    """Open a page that asks who is there, and allow it: `redirect_url` is where the browser goes."""
    scope, state = given.text("scope", "snsapi_base"), given.text("state", "")
    question = oauth.Question(given.words("redirect_uri"), scope, state)
    oauth.check(world, world.account(person.account), question)
    snapshot = given.flag("snapshot") if "snapshot" in given.given else None
    return {"redirect_url": oauth.allow(world, person, question, snapshot=snapshot)}


def pay(world: World, person: Person, given: Arguments) -> Notice:
    """Pay an order of the merchant's; `amount` is in fen."""
    state = world.account(person.account)
    account, total = state.account, _fen(given, "amount")
    _need_merchant(account)
    out_trade_no = given.text("out_trade_no", "") or letters(world.random, 32)
    if out_trade_no in state.orders:
        raise Refused("这个 out_trade_no 已经支付过了")
    order = Order(
        appid=account.appid,
        mchid=account.mchid,
        out_trade_no=out_trade_no,
        transaction_id="42000" + letters(world.random, 23, DIGITS),
        openid=person.openid,
        total=total,
        notify_url=_notify_url(given, None),
        paid_at=world.now(),
        attach=given.text("attach", ""),
    )
    state.orders[out_trade_no] = order
    if world.switches.pay_opens_window and person.following:
        person.window = windows.opened(person.window, "message", now=world.now(), switches=world.switches)
    world.show(person, "system", {"type": "event", "event": "pay", "text": f"微信支付：¥{total / 100:.2f}"})
    told = {"out_trade_no": out_trade_no, "transaction_id": order.transaction_id}
    return _notice(world, person, order.notify_url, "TRANSACTION.SUCCESS", "支付成功", order.as_json(), told)


def refund(world: World, person: Person, given: Arguments) -> Notice:
    """Get money back: by default all that is left, and with success."""
    order = world.account(person.account).orders.get(given.words("out_trade_no"))
    if order is None or order.openid != person.openid:
        raise Missing("没有这个订单")
    status = given.text("status", PAID)
    if status not in REFUND_ENDS:
        raise Refused(f"status 只能是 {'、'.join(REFUND_ENDS)}")
    amount = _fen(given, "amount", order.refundable)
    if amount > order.refundable:
        raise Refused("退款金额超过了可退的金额")
    out_refund_no = given.text("out_refund_no", "") or letters(world.random, 32)
    if any(one.out_refund_no == out_refund_no for one in order.refunds):
        raise Refused("这个 out_refund_no 已经用过了")
    back = Refund(out_refund_no, "50300" + letters(world.random, 24, DIGITS), amount, status, world.now())
    order.refunds.append(back)
    words = f"{REFUND_ENDS[status]}：¥{amount / 100:.2f}"
    world.show(person, "system", {"type": "event", "event": "refund", "text": words})
    told = {"out_trade_no": order.out_trade_no, "out_refund_no": out_refund_no, "refund_id": back.refund_id}
    event_type, resource = f"REFUND.{status}", order.refund_as_json(back)
    return _notice(world, person, _notify_url(given, order), event_type, REFUND_ENDS[status], resource, told)


def _notice(
    world: World,
    person: Person,
    notify_url: str,
    event_type: str,
    summary: str,
    resource: dict[str, object],
    told: dict[str, str],
) -> Notice:
    notice_id = "EV-" + letters(world.random, 27, DIGITS)
    now = world.now()
    return Notice(person.account, person.openid, notify_url, notice_id, event_type, summary, resource, now, told=told)


def _fen(given: Arguments, name: str, default: int | None = None) -> int:
    amount = given.number(name, default)
    if amount != int(amount) or amount < 1:
        raise Refused(f"{name} 应为大于 0 的整数，单位是分")
    return int(amount)


def _notify_url(given: Arguments, order: Order | None) -> str:
    """The platform takes no query string in it (official docs, payment notice)."""
    url = given.text("notify_url", order.notify_url if order else None)
    if not url.startswith(("http://", "https://")) or "?" in url:
        raise Refused("notify_url 应为不带参数的网址")
    return url


def _need_merchant(account: Account) -> None:
    if not account.mchid or not account.apiv3_key:
        raise Refused("账号没有商户号（mchid）和 APIv3 密钥（apiv3_key）")


PAGE_ACTS: dict[str, Act] = {"oauth": authorize, "pay": pay, "refund": refund}
