"""`draft/*` (official docs, draft box)."""

import re
from typing import TypeVar

from infra.local.wechat_simulator.account import LETTERS_AND_DIGITS, letters
from infra.local.wechat_simulator.api.call import NOTHING_WRONG, Call, Endpoint, part, parts, text, whole
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.wire import Json
from infra.local.wechat_simulator.articles import Article, Draft
from infra.local.wechat_simulator.media import MEGABYTE

ARTICLES = 8
PAGE = 20
PICTURES = 20
LONGEST = {"title": (32, 45003), "author": (16, 40035), "digest": (128, 45004)}
T = TypeVar("T")
_SCRIPT = re.compile(r"<script\b.*?(?:</script\s*>|$)", re.IGNORECASE | re.DOTALL)


def add(call: Call) -> Json:
    articles = [_checked(call, one) for one in parts(call.body, "articles", code=44003)]
    if not articles:
        raise ApiError(44003)
    if len(articles) > ARTICLES:
        raise ApiError(45008)
    media_id = letters(call.world.random, 64, LETTERS_AND_DIGITS + "-_")
    call.state.drafts[media_id] = Draft(media_id, articles, call.now)
    return {"media_id": media_id}


def get(call: Call) -> Json:
    return {"news_item": find(call).articles}


def update(call: Call) -> Json:
    """One article of the draft, by its number from 0 on."""
    draft = find(call)
    index = whole(call.body, "index", code=40114)
    if not 0 <= index < len(draft.articles):
        raise ApiError(40114)
    draft.articles[index] = _checked(call, part(call.body, "articles", code=44003))
    draft.updated_at = call.now
    return NOTHING_WRONG


def delete(call: Call) -> Json:
    del call.state.drafts[find(call).media_id]
    return NOTHING_WRONG


def count(call: Call) -> Json:
    return {"total_count": len(call.state.drafts)}


def listed(call: Call) -> Json:
    """The newest first."""
    drafts = sorted(call.state.drafts.values(), key=lambda one: one.updated_at, reverse=True)
    items = [
        {
            "media_id": one.media_id,
            "content": {"news_item": told(call, one.articles)},
            "update_time": int(one.updated_at.timestamp()),
        }
        for one in page(call, drafts)
    ]
    return {"total_count": len(drafts), "item_count": len(items), "item": items}


def page(call: Call, listed: list[T]) -> list[T]:
    """The part that `offset` and `count` ask for."""
    offset, size = whole(call.body, "offset", default=0), whole(call.body, "count")
    if offset < 0 or not 1 <= size <= PAGE:
        raise ApiError(40035)
    return listed[offset : offset + size]


def told(call: Call, articles: list[Article]) -> list[Article]:
    """The articles, without their content when that was asked for."""
    if call.body.get("no_content") != 1:
        return articles
    return [{name: value for name, value in one.items() if name != "content"} for one in articles]


def find(call: Call) -> Draft:
    draft = call.state.drafts.get(text(call.body, "media_id", code=40007))
    if draft is None:
        raise ApiError(40007)
    return draft


def _checked(call: Call, article: Json) -> Article:
    """The article as it is kept: without scripts."""
    text(article, "title", code=45003)
    for name, (longest, code) in LONGEST.items():
        if len(text(article, name, code=code, default="")) > longest:
            raise ApiError(code)
    content = text(article, "content", code=45166)
    if len(content) >= call.switches.draft_content_chars or len(content.encode()) >= MEGABYTE:
        raise ApiError(45002)
    kind = article.get("article_type", "news")
    if kind == "newspic":
        _check_pictures(call, article)
    elif kind == "news":
        call.media_id(text(article, "thumb_media_id", code=40007))
    else:
        raise ApiError(40035, "invalid article_type")
    return {**article, "article_type": kind, "content": _SCRIPT.sub("", content)}


def _check_pictures(call: Call, article: Json) -> None:
    pictures = parts(part(article, "image_info"), "image_list")
    if not 1 <= len(pictures) <= PICTURES:
        raise ApiError(40035, "invalid image_list size")
    for one in pictures:
        call.media_id(text(one, "image_media_id", code=40007))


ENDPOINTS = {
    "/cgi-bin/draft/add": Endpoint(add),
    "/cgi-bin/draft/get": Endpoint(get),
    "/cgi-bin/draft/update": Endpoint(update),
    "/cgi-bin/draft/delete": Endpoint(delete),
    "/cgi-bin/draft/count": Endpoint(count, needs_post=False),
    "/cgi-bin/draft/batchget": Endpoint(listed),
}
