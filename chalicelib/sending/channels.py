"""What goes to WeChat for one push, by its channel."""

from collections.abc import Callable, Mapping

from chalicelib.door import log
from chalicelib.sending.fields import fitted
from chalicelib.store.push import Channel, Push
from chalicelib.wechat.client import WechatClient


def deliver(push: Push, wechat: WechatClient) -> str:
    """Send it, once. Returns WeChat's number of the message, empty where it gives none. Raises a WechatError.

    Whether it may be sent at all was judged before. A push of a mass goes with its batch, never by itself.
    """
    if push.channel not in _CHANNELS:
        raise ValueError("a mass is sent as a batch")
    return _CHANNELS[push.channel](push, wechat)


def _template(push: Push, wechat: WechatClient) -> str:
    content = push.content
    return wechat.send_template(
        push.openid,
        content.template,
        _fields(push),
        url=content.url,
        miniprogram=content.miniprogram,
        client_msg_id=push.push_id,
    )


def _subscription(push: Push, wechat: WechatClient) -> str:
    content = push.content
    return wechat.send_subscription(
        push.openid, content.template, _fields(push), page=content.url, miniprogram=content.miniprogram
    )


def _custom(push: Push, wechat: WechatClient) -> str:
    wechat.send_custom(push.openid, push.content.body)
    return ""


def _fields(push: Push) -> dict[str, str]:
    """The fields as WeChat takes them. What must be cut ends in "…", and is told to who looks after the texts."""
    fields = {key: fitted(key, value) for key, value in push.content.data.items()}
    cut = sorted(key for key, field in fields.items() if field.cut)
    if cut:
        log.info("push.fields_cut", extra={"push": push.push_id, "kind": push.kind, "fields": cut})
    return {key: field.value for key, field in fields.items()}


_CHANNELS: Mapping[Channel, Callable[[Push, WechatClient], str]] = {
    "template": _template,
    "subscribe": _subscription,
    "kefu": _custom,
}
