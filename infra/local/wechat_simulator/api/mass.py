"""`message/mass/*` (official docs, mass sending of a service account)."""

import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta

from infra.local.wechat_simulator.account import OPENID_CHARS, letters
from infra.local.wechat_simulator.account_state import Mass
from infra.local.wechat_simulator.api.call import NOTHING_WRONG, Call, Endpoint, part, text, texts, whole
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.wire import Json
from infra.local.wechat_simulator.person import Message, Person
from infra.local.wechat_simulator.push import push_of
from infra.local.wechat_simulator.quota import day_of, month_of

FEWEST, MOST = 2, 10_000
REMEMBERED_SECONDS = 86_400
TOO_SOON_SECONDS = 60
SUBMITTED = {"errcode": 0, "errmsg": "send job submission success"}
MEDIA = {"mpnews": "mpnews", "voice": "voice", "mpvideo": "video"}


def send(call: Call) -> Json:
    """To a list of openids; a service account may repeat it within the calls of a day."""
    openids = texts(call.body, "touser")
    if len(openids) < FEWEST:
        raise ApiError(40130)
    if len(openids) > MOST:
        raise ApiError(40032)
    known = [call.state.people[one] for one in dict.fromkeys(openids) if one in call.state.people]
    if not known:
        raise ApiError(40003)
    return _submit(call, known, len(openids))


def send_all(call: Call) -> Json:
    """To all followers, or to those with a tag."""
    chosen = part(call.body, "filter")
    people: Iterable[Person] = [one for one in call.state.people.values() if one.following]
    if chosen.get("is_to_all") is True:
        _check_to_all(call)
    else:
        tag = whole(chosen, "tag_id", code=40152)
        if tag not in call.state.tags:
            raise ApiError(40152)
        people = [one for one in people if tag in one.tags]
    listed = list(people)
    told = _submit(call, listed, len(listed))
    if chosen.get("is_to_all") is True:
        for period in (day_of(call.now, call.switches), month_of(call.now, call.switches)):
            call.state.mass_to_all[period] = call.state.mass_to_all.get(period, 0) + 1
    return told


def status(call: Call) -> Json:
    mass = _mass(call)
    return {"msg_id": mass.msg_id, "msg_status": mass.status(call.now)}


def delete(call: Call) -> Json:
    _mass(call).is_deleted = True
    return NOTHING_WRONG


def preview(call: Call) -> Json:
    """To one person, by openid or by WeChat name; nothing is counted for the follower."""
    message = _content(call)
    name = call.body.get("towxname")
    if isinstance(name, str) and name:
        person = next((one for one in call.state.people.values() if one.name == name), None)
    else:
        person = call.person(call.body.get("touser"))
    if person is None:
        raise ApiError(40132)
    if not person.following:
        raise ApiError(43004)
    call.world.show(person, "account", message)
    return {"errcode": 0, "errmsg": "preview success", "msg_id": call.world.new_send_id()}


def _submit(call: Call, people: list[Person], total: int) -> Json:
    message = _content(call)
    key = _key(call)
    _check_repeated(call, key)
    msg_id = call.world.new_send_id()
    call.state.sent_masses.keep(("", key), call.now, msg_id)
    reached = [one for one in people if _is_reached(call, one)]
    month = month_of(call.now, call.switches)
    for person in reached:
        person.mass_received = {month: person.mass_received.get(month, 0) + 1}
        call.world.show(person, "account", message)
    done_at = call.now + timedelta(seconds=call.world.draw(call.switches.mass_finish_seconds))
    call.state.drafts.pop(str(message.get("media_id")), None)  # a draft is gone once it was sent
    call.state.masses[msg_id] = Mass(msg_id, call.now, done_at)
    _finish(call, call.state.masses[msg_id], total=total, sent=len(reached))
    article = {"msg_data_id": call.world.new_send_id()} if message["type"] == "mpnews" else {}
    return {**SUBMITTED, "msg_id": msg_id, **article}


def _is_reached(call: Call, person: Person) -> bool:
    """Four a month per follower; who muted or left gets none. Those count as filtered."""
    if not person.following or person.receive_off or person.blacklisted:
        return False
    return person.mass_received.get(month_of(call.now, call.switches), 0) < call.switches.mass_per_month


def _finish(call: Call, mass: Mass, *, total: int, sent: int) -> None:
    """MASSSENDJOBFINISH comes from the platform's helper, not from a follower."""
    helper = "o" + letters(call.world.random, 27, OPENID_CHARS)
    fields: Json = {
        "ToUserName": call.state.account.gh_id,
        "FromUserName": helper,
        "CreateTime": int(mass.done_at.timestamp()),
        "MsgType": "event",
        "Event": "MASSSENDJOBFINISH",
        "MsgID": mass.msg_id,
        "Status": "send success" if sent or not total else "send fail",
        "TotalCount": total,
        "FilterCount": sent,
        "SentCount": sent,
        "ErrorCount": 0,
        "CopyrightCheckResult": {"Count": 0, "ResultList": "", "CheckState": 1},
        "ArticleUrlResult": {"Count": 0, "ResultList": ""},
    }
    push = push_of(call.state.account.account, fields, openid=helper, title="event MASSSENDJOBFINISH")
    call.world.agenda.add(mass.done_at, push)


def _check_to_all(call: Call) -> None:
    """Once a day, four times a month."""
    sent = call.state.mass_to_all
    if sent.get(day_of(call.now, call.switches), 0) >= call.switches.mass_all_per_day:
        raise ApiError(45028)
    if sent.get(month_of(call.now, call.switches), 0) >= call.switches.mass_per_month:
        raise ApiError(45028)


def _check_repeated(call: Call, key: str) -> None:
    """The same clientmsgid within a day sends nothing: 45065 with the first msg_id, 45066 within a minute."""
    known = call.state.sent_masses.recall(("", key), call.now, seconds=REMEMBERED_SECONDS)
    if known is None:
        return
    if call.now - known[0] < timedelta(seconds=TOO_SOON_SECONDS):
        raise ApiError(45066)
    raise ApiError(45065, msg_id=known[1])


def _key(call: Call) -> str:
    """clientmsgid; by default a digest of range and content."""
    given = text(call.body, "clientmsgid", default="")
    if len(given.encode()) > call.switches.clientmsgid_max:
        raise ApiError(45067, "clientmsgid size out of limit")
    return given or hashlib.sha256(json.dumps(call.body, sort_keys=True).encode()).hexdigest()


def _content(call: Call) -> Message:
    body = call.body
    kind = text(body, "msgtype", code=40008)
    if kind == "text":
        return {"type": "text", "text": text(part(body, "text", code=44004), "content", code=44004)}
    if kind == "images":
        listed = texts(part(body, "images", code=44001), "media_ids", code=40007)
        if not listed:
            raise ApiError(40007)
        return {"type": "image", "media_id": listed[0], "media_ids": [call.media_id(one) for one in listed]}
    if kind == "wxcard":
        raise ApiError(45113)
    if kind not in MEDIA:
        raise ApiError(40008)
    media_id = call.media_id(text(part(body, kind, code=44001), "media_id", code=40007))
    return {"type": MEDIA[kind], "media_id": media_id}


def _mass(call: Call) -> Mass:
    number = str(call.body.get("msg_id"))
    mass = call.state.masses.get(int(number)) if number.isdecimal() and len(number) < 20 else None
    if mass is None:
        raise ApiError(40059)
    return mass


ENDPOINTS = {
    "/cgi-bin/message/mass/send": Endpoint(send),
    "/cgi-bin/message/mass/sendall": Endpoint(send_all),
    "/cgi-bin/message/mass/get": Endpoint(status),
    "/cgi-bin/message/mass/delete": Endpoint(delete),
    "/cgi-bin/message/mass/preview": Endpoint(preview),
}
