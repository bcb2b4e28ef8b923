"""`freepublish/*` and its finish event (official docs, publishing)."""

from datetime import timedelta

from infra.local.wechat_simulator.account import OPENID_CHARS, letters
from infra.local.wechat_simulator.api.call import NOTHING_WRONG, Call, Endpoint, text, whole
from infra.local.wechat_simulator.api.drafts import find as find_draft
from infra.local.wechat_simulator.api.drafts import page, told
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.wire import Json
from infra.local.wechat_simulator.articles import Publication
from infra.local.wechat_simulator.push import push_of


def submit(call: Call) -> Json:
    """Publish a draft: nobody is told, and the draft is gone when it succeeds."""
    draft = find_draft(call)
    done_at = call.now + timedelta(seconds=call.world.draw(call.switches.publish_finish_seconds))
    article_id = letters(call.world.random, 64)
    outcome = call.switches.publish_outcome
    publication = Publication(str(call.world.new_send_id()), article_id, draft.articles, done_at, outcome)
    call.state.publications[publication.publish_id] = publication
    if not outcome:
        del call.state.drafts[draft.media_id]
    _finish(call, publication)
    return {**NOTHING_WRONG, "publish_id": publication.publish_id}


def status(call: Call) -> Json:
    publish_id = call.body.get("publish_id")
    publication = call.state.publications.get(str(publish_id))
    if publication is None:
        raise ApiError(call.switches.unknown_publish_id_code)
    is_done = call.now >= publication.done_at
    head: Json = {"publish_id": publication.publish_id, "publish_status": publication.status(call.now)}
    return {**head, "fail_idx": [], **(publication.result() if is_done else {})}


def delete(call: Call) -> Json:
    """One article by its number from 1 on; without a number, or with 0, all of them."""
    publication = _find(call)
    index = whole(call.body, "index", default=0)
    if not 0 <= index <= len(publication.articles):
        raise ApiError(40114)
    publication.deleted |= {index} if index else set(range(1, len(publication.articles) + 1))
    return NOTHING_WRONG


def article(call: Call) -> Json:
    return {"news_item": _find(call).shown()}


def listed(call: Call) -> Json:
    """What is published and not deleted, the newest first."""
    public = [one for one in reversed(call.state.publications.values()) if one.is_listed(call.now)]
    items = [
        {
            "article_id": one.article_id,
            "content": {"news_item": told(call, one.shown())},
            "update_time": int(one.done_at.timestamp()),
        }
        for one in page(call, public)
    ]
    return {"total_count": len(public), "item_count": len(items), "item": items}


def _find(call: Call) -> Publication:
    article_id = text(call.body, "article_id", code=53600)
    for one in call.state.publications.values():
        if one.article_id == article_id and one.is_public(call.now):
            return one
    raise ApiError(53600)


def _finish(call: Call, publication: Publication) -> None:
    """PUBLISHJOBFINISH comes from the platform, not from a follower."""
    helper = "o" + letters(call.world.random, 27, OPENID_CHARS)
    head: Json = {"publish_id": publication.publish_id, "publish_status": publication.outcome}
    fields: Json = {
        "ToUserName": call.state.account.gh_id,
        "FromUserName": helper,
        "CreateTime": int(publication.done_at.timestamp()),
        "MsgType": "event",
        "Event": "PUBLISHJOBFINISH",
        "PublishEventInfo": {**head, **publication.result()},
    }
    push = push_of(call.state.account.account, fields, openid=helper, title="event PUBLISHJOBFINISH")
    call.world.agenda.add(publication.done_at, push)


ENDPOINTS = {
    "/cgi-bin/freepublish/submit": Endpoint(submit),
    "/cgi-bin/freepublish/get": Endpoint(status),
    "/cgi-bin/freepublish/delete": Endpoint(delete),
    "/cgi-bin/freepublish/getarticle": Endpoint(article),
    "/cgi-bin/freepublish/batchget": Endpoint(listed),
}
