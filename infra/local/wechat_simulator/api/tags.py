"""`tags/*` and the blacklist (official docs, tag management)."""

from collections.abc import Callable
from datetime import timedelta
from itertools import islice

from infra.local.wechat_simulator.account_state import FIRST_OWN_TAG, STAR_TAG
from infra.local.wechat_simulator.api.call import NOTHING_WRONG, Call, Endpoint, part, text, texts, whole
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.wire import Json
from infra.local.wechat_simulator.person import Person

TAGS_PER_ACCOUNT = 100
TAGS_PER_PERSON = 20
NAME_LENGTH = 30
TAG_BATCH = 50
BLACKLIST_BATCH = 20
BLACKLIST_PAGE = 1_000
PAGE = 10_000


def create(call: Call) -> Json:
    name = _free_name(call, part(call.body, "tag"))
    if sum(number >= FIRST_OWN_TAG for number in call.state.tags) >= TAGS_PER_ACCOUNT:
        raise ApiError(45056)
    number = call.state.next_tag
    call.state.next_tag += 1
    call.state.tags[number] = name
    return {"tag": {"id": number, "name": name}}


def listed(call: Call) -> Json:
    counts = dict.fromkeys(call.state.tags, 0)
    for person in call.state.people.values():
        for number in person.tags:
            counts[number] = counts.get(number, 0) + 1
    tags = [{"id": number, "name": name, "count": counts[number]} for number, name in call.state.tags.items()]
    return {"tags": tags}


def update(call: Call) -> Json:
    tag = part(call.body, "tag")
    number = _own_tag(call, tag)
    call.state.tags[number] = _free_name(call, tag, except_for=number)
    return NOTHING_WRONG


def delete(call: Call) -> Json:
    number = _own_tag(call, part(call.body, "tag"))
    del call.state.tags[number]
    for person in call.state.people.values():
        if number in person.tags:
            person.tags.remove(number)
    return NOTHING_WRONG


def tag_people(call: Call) -> Json:
    number = _tag(call)

    def put_on(person: Person) -> int | None:
        if not person.following:
            return 49003
        if number in person.tags:
            return None
        if len(person.tags) >= TAGS_PER_PERSON:
            return 45059
        person.tags.append(number)
        return None

    return _each(call, put_on)


def untag_people(call: Call) -> Json:
    number = _tag(call)

    def take_off(person: Person) -> int | None:
        if not person.following:
            return 49003
        if number in person.tags:
            person.tags.remove(number)
        return None

    return _each(call, take_off)


def tags_of(call: Call) -> Json:
    return {"tagid_list": list(call.person(text(call.body, "openid")).tags)}


def people_of(call: Call) -> Json:
    number = _tag(call)
    after = text(call.body, "next_openid", default="")
    openids = sorted(one.openid for one in call.state.people.values() if number in one.tags and one.openid > after)
    page = openids[:PAGE]
    told: Json = {"count": len(page), "next_openid": page[-1] if page else ""}
    return told | ({"data": {"openid": page}} if page else {})


def blacklisted(call: Call) -> Json:
    after = text(call.body, "begin_openid", default="")
    everyone = sorted(one.openid for one in call.state.people.values() if one.blacklisted)
    page = list(islice((openid for openid in everyone if openid > after), BLACKLIST_PAGE))
    told: Json = {"total": len(everyone), "count": len(page), "next_openid": page[-1] if page else ""}
    return told | ({"data": {"openid": page}} if page else {})


def blacklist(call: Call) -> Json:
    return _blacklist(call, is_on=True)


def unblacklist(call: Call) -> Json:
    return _blacklist(call, is_on=False)


def _blacklist(call: Call, *, is_on: bool) -> Json:
    openids = texts(call.body, "openid_list")
    if not 1 <= len(openids) <= BLACKLIST_BATCH:
        raise ApiError(40032)
    for person in [call.person(openid) for openid in openids]:
        person.blacklisted = is_on
    return NOTHING_WRONG


def _each(call: Call, change: Callable[[Person], int | None]) -> Json:
    """Change each person; when only some fail, say whom (45171), when all fail, say why."""
    openids = texts(call.body, "openid_list")
    if not 1 <= len(openids) <= TAG_BATCH:
        raise ApiError(40032)
    people = [call.person(openid, code=49003) for openid in openids]
    failed = {one.openid: code for one in people if (code := _busy(call, one) or change(one)) is not None}
    for one in (person for person in people if person.openid not in failed):
        one.tags_busy_until = call.now + timedelta(seconds=call.switches.tag_change_seconds)
    if failed and len(failed) == len(people):
        raise ApiError(next(iter(failed.values())))
    if failed:
        raise ApiError(45171, fail_openid_list=list(failed))
    return NOTHING_WRONG


def _busy(call: Call, person: Person) -> int | None:
    """Another call changes this follower's tags at the moment."""
    until = person.tags_busy_until
    return 45169 if until is not None and call.now < until else None


def _tag(call: Call) -> int:
    number = whole(call.body, "tagid", code=45159)
    if number not in call.state.tags:
        raise ApiError(45159)
    return number


def _own_tag(call: Call, tag: Json) -> int:
    number = whole(tag, "id", code=45159)
    if number <= STAR_TAG:
        raise ApiError(45058)
    if number not in call.state.tags:
        raise ApiError(45159)
    return number


def _free_name(call: Call, tag: Json, except_for: int | None = None) -> str:
    name = text(tag, "name", code=45157)
    if len(name) > NAME_LENGTH:
        raise ApiError(45158)
    if any(other == name and number != except_for for number, other in call.state.tags.items()):
        raise ApiError(45157)
    return name


ENDPOINTS = {
    "/cgi-bin/tags/create": Endpoint(create),
    "/cgi-bin/tags/get": Endpoint(listed, needs_post=False),
    "/cgi-bin/tags/update": Endpoint(update),
    "/cgi-bin/tags/delete": Endpoint(delete),
    "/cgi-bin/tags/members/batchtagging": Endpoint(tag_people),
    "/cgi-bin/tags/members/batchuntagging": Endpoint(untag_people),
    "/cgi-bin/tags/getidlist": Endpoint(tags_of),
    "/cgi-bin/user/tag/get": Endpoint(people_of),
    "/cgi-bin/tags/members/getblacklist": Endpoint(blacklisted),
    "/cgi-bin/tags/members/batchblacklist": Endpoint(blacklist),
    "/cgi-bin/tags/members/batchunblacklist": Endpoint(unblacklist),
}
