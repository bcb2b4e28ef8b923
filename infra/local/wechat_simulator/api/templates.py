"""`message/template/send` and its finish event (official docs, template messages)."""

from datetime import timedelta

from infra.local.wechat_simulator.account_state import Template
from infra.local.wechat_simulator.api.call import NOTHING_WRONG, Call, Endpoint, part, text
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.fields import check_data, value_of
from infra.local.wechat_simulator.api.wire import Json
from infra.local.wechat_simulator.person import Message, Person
from infra.local.wechat_simulator.push import push_of

SUCCESS, USER_BLOCK, SYSTEM_FAILED = "success", "failed:user block", "failed: system failed"


def send(call: Call) -> Json:
    person = call.person(text(call.body, "touser", code=40003))
    if not person.following:
        raise ApiError(43004)
    template = call.state.templates.get(text(call.body, "template_id", code=40037))
    if template is None:
        raise ApiError(40037)
    check(call, template)
    msgid, is_new = _number(call, person)
    if is_new:
        _deliver(call, person, template, msgid)
    return {**NOTHING_WRONG, "msgid": msgid}


def check(call: Call, template: Template) -> None:
    """The data against the template and against what the platform calls marketing."""
    data = part(call.body, "data", code=47003)
    switches = call.switches
    if not template.is_legacy:
        missing, long_thing = switches.missing_keyword_refused, switches.overlong_thing_refused
        check_data(data, template.keywords, refuse_missing=missing, refuse_long_thing=long_thing)
    if switches.marketing_refused:
        said = " ".join(value_of(field) or "" for field in data.values())
        if any(word in said for word in switches.marketing_words):
            raise ApiError(40249)


def card(call: Call, kind: str, template: Template, url: str) -> Message:
    """What the follower sees of a template or subscription message."""
    data = call.body["data"]
    named = [(word.name, value_of(data.get(word.key))) for word in template.keywords]
    shown: Message = {
        "type": kind,
        "template_id": template.template_id,
        "title": template.title,
        "data": data,
        "lines": [{"name": name, "value": _cut(value)} for name, value in named if value],
        "url": url,
        "at": call.now.isoformat(),
    }
    miniprogram = call.body.get("miniprogram")
    return shown | ({"miniprogram": miniprogram} if isinstance(miniprogram, dict) and miniprogram else {})


def _number(call: Call, person: Person) -> tuple[int, bool]:
    """The message's number, and whether it is new: a repeated client_msg_id sends nothing for ten minutes."""
    switches = call.switches
    own_id = text(call.body, "client_msg_id", default="")
    if len(own_id) > switches.client_msg_id_max:
        raise ApiError(40035, "invalid client_msg_id")
    if not own_id:
        return call.world.new_send_id(), True
    memory, key = call.state.sent_templates, (person.openid, own_id)
    memory.forget_before(call.now - timedelta(seconds=switches.client_msg_id_seconds))
    known = memory.recall(key, call.now, seconds=switches.client_msg_id_seconds)
    if known is None:
        msgid = call.world.new_send_id()
        memory.keep(key, call.now, msgid)
        return msgid, True
    if switches.duplicate_client_msg_id == "refuse":
        raise ApiError(40035, "duplicate client_msg_id")
    return (known[1] if switches.duplicate_client_msg_id == "same" else call.world.new_send_id()), False


def _deliver(call: Call, person: Person, template: Template, msgid: int) -> None:
    if person.receive_off:
        status = USER_BLOCK
    elif call.world.random.random() < call.switches.template_failure_rate:
        status = SYSTEM_FAILED
    else:
        status = SUCCESS
        call.world.show(person, "account", card(call, "template", template, text(call.body, "url", default="")))
    if call.switches.template_finish_events:
        finish_later(call, person, "TEMPLATESENDJOBFINISH", {"MsgID": msgid, "Status": status})


def finish_later(call: Call, person: Person, event: str, fields: Json) -> None:
    """Push the result of a send to one follower, some seconds later."""
    seconds = call.world.draw(call.switches.template_finish_seconds)
    due = call.now + timedelta(seconds=seconds)
    head: Json = {
        "ToUserName": call.state.account.gh_id,
        "FromUserName": person.openid,
        "CreateTime": int(due.timestamp()),
        "MsgType": "event",
        "Event": event,
    }
    push = push_of(person.account, {**head, **fields}, openid=person.openid, title=f"event {event}")
    call.world.agenda.add(due, push)


def _cut(value: str) -> str:
    """Each line shows twenty characters (platform notice of 2023-05-04)."""
    return value if len(value) <= 20 or value.isascii() else value[:20] + "…"


ENDPOINTS = {"/cgi-bin/message/template/send": Endpoint(send)}
