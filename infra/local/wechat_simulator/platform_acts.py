"""Acts that reach the account in other ways than a chat: consent, authorization, and raw pushes for tests."""

from collections.abc import Mapping
from typing import Any

from infra.local.wechat_simulator import markup, windows
from infra.local.wechat_simulator.account_state import Template
from infra.local.wechat_simulator.acts import ACTS, Act, Fields, event, header
from infra.local.wechat_simulator.arguments import Arguments
from infra.local.wechat_simulator.page_acts import PAGE_ACTS
from infra.local.wechat_simulator.person import Person
from infra.local.wechat_simulator.push import Push, push_of
from infra.local.wechat_simulator.refusal import Missing, Refused
from infra.local.wechat_simulator.world import World


def accept(world: World, person: Person, given: Arguments) -> Push:
    """Tap 允许 in the subscription popup: one send more of each template (official docs, subscription events)."""
    chosen = _chosen(world, person, given)
    for one in chosen:
        person.credits[one.template_id] = person.credits.get(one.template_id, 0) + 1
    words = "允许订阅：" + "、".join(one.title for one in chosen)
    return event(world, person, "subscribe_msg_popup_event", _popup(chosen, "accept", given), words)


def reject(world: World, person: Person, given: Arguments) -> Push:
    """Switch the template off in the settings, or with `popup` refuse it in the popup."""
    chosen = _chosen(world, person, given)
    words = "拒绝订阅：" + "、".join(one.title for one in chosen)
    if given.flag("popup", False):
        return event(world, person, "subscribe_msg_popup_event", _popup(chosen, "reject", given), words)
    for one in chosen:
        person.refuse_all(one.template_id)
    listed = [{"TemplateId": one.template_id, "SubscribeStatusString": "reject"} for one in chosen]
    tag = "SubscribeMsgPopupEvent" if given.flag("old_tag", False) else "SubscribeMsgChangeEvent"
    return event(world, person, "subscribe_msg_change_event", {tag: {"List": listed}}, words)


def revoke(world: World, person: Person, given: Arguments) -> Push:
    codes = ",".join(given.texts("codes"))
    return _authorization(world, person, "user_authorization_revoke", {"RevokeInfo": codes}, "撤回授权")


def cancel(world: World, person: Person, _given: Arguments) -> Push:
    """The person closes the WeChat account for good."""
    person.following, person.closed, person.window = False, True, None
    world.account(person.account).roster = None
    return _authorization(world, person, "user_authorization_cancellation", {}, "注销了微信账号")


def modify_profile(world: World, person: Person, _given: Arguments) -> Push:
    return _authorization(world, person, "user_info_modified", {}, "资料被平台修改")


def any_event(world: World, person: Person, given: Arguments) -> Push:
    """Any event or message with the given fields; the common ones are filled in."""
    fields: dict[str, Any] = {**header(world, person, "event"), **given.given}
    if not _is_writable(fields):
        raise Refused("字段应为文字、数字、对象或对象的列表，名字应为字母和下划线")
    kind = windows.trigger_of(str(fields["MsgType"]), str(fields.get("Event", "")), is_menu_tap=False)
    if kind and person.following:
        person.window = windows.opened(person.window, kind, now=world.now(), switches=world.switches)
    return push_of(person.account, fields, openid=person.openid)


def raw(_world: World, person: Person, given: Arguments) -> Push:
    """The XML as given, sealed and signed like any other."""
    kind, name = given.text("msg_type", "text"), given.text("event", "")
    return Push(person.account, person.openid, given.text("xml").encode("utf-8", "replace"), kind, name, "raw")


def _authorization(world: World, person: Person, name: str, fields: Fields, words: str) -> Push:
    """The sender is the platform's service; the person stands in `OpenID` (official docs, authorization change)."""
    whose: Fields = {"OpenID": person.openid, "AppID": world.account(person.account).account.appid}
    if person.unionid:
        whose["UnionID"] = person.unionid
    head = {**header(world, person, "event"), "FromUserName": world.push_service}
    world.show(person, "system", {"type": "event", "event": name, "text": words})
    return push_of(person.account, {**head, "Event": name, **whose, **fields}, openid=world.push_service)


def _chosen(world: World, person: Person, given: Arguments) -> list[Template]:
    ids = given.texts("template_ids", ()) or (given.words("template_id"),)
    known = world.account(person.account).subscriptions
    for one in ids:
        if one not in known:
            raise Missing(f"没有订阅通知模板 {one}")
    return [known[one] for one in ids]


def _popup(chosen: list[Template], answer: str, given: Arguments) -> dict[str, markup.Value]:
    scene = int(given.number("scene", 1))
    listed: list[Fields] = [
        {"TemplateId": one.template_id, "SubscribeStatusString": answer, "PopupScene": scene} for one in chosen
    ]
    return {"SubscribeMsgPopupEvent": {"List": listed}}


def _is_writable(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(name.replace("_", "a").isalnum() and _is_writable(item) for name, item in value.items())
    if isinstance(value, list):
        return all(isinstance(item, Mapping) and _is_writable(item) for item in value)
    return isinstance(value, str | int | float)


ALL_ACTS: dict[str, Act] = {
    **ACTS,
    "accept": accept,
    "reject": reject,
    "revoke": revoke,
    "cancel": cancel,
    "modify_profile": modify_profile,
    "event": any_event,
    "raw": raw,
    **PAGE_ACTS,
}
