"""`message/custom/send` and `/typing` (official docs, customer-service messages, 2023-06 rule)."""

from collections.abc import Callable
from datetime import timedelta

from infra.local.wechat_simulator.api.call import NOTHING_WRONG, Call, Endpoint, part, parts, text
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.wire import Json
from infra.local.wechat_simulator.person import Message, Person

TYPING_AFTER_SECONDS = 30
MENU_ITEMS = 10
MENU_ITEM_BYTES = 200


def send(call: Call) -> Json:
    person = call.person(text(call.body, "touser", code=40003))
    kind = call.body.get("msgtype")
    reader = READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise ApiError(40008)
    message = {**reader(call), **_marks(call)}
    _check_window(call, person)
    person.typing = False
    call.world.show(person, "account", message)
    return NOTHING_WRONG


def typing(call: Call) -> Json:
    person = call.person(text(call.body, "touser", code=40003))
    command = call.body.get("command")
    if command not in ("Typing", "CancelTyping"):
        raise ApiError(45072)
    recent = call.now - timedelta(seconds=TYPING_AFTER_SECONDS)
    if person.last_message_at is None or person.last_message_at < recent:
        raise ApiError(45080)
    if command == "Typing" and person.typing:
        raise ApiError(45081)
    person.typing = command == "Typing"
    return NOTHING_WRONG


def _check_window(call: Call, person: Person) -> None:
    """45015 without an open window, 45047 when its allowance is used; counts the message."""
    if person.blacklisted:
        raise ApiError(43019)
    if person.minor:
        raise ApiError(70000)
    if person.receive_off and call.switches.muted_refuses_custom:
        raise ApiError(48002)
    window = person.window
    if not person.following or window is None or not window.is_open(call.now):
        raise ApiError(45015)
    if window.left < 1:
        raise ApiError(45047)
    person.window = window.used()


def _marks(call: Call) -> Message:
    """Who speaks, and the grey mark of generated words."""
    marks: Message = {}
    worker, context = call.body.get("customservice"), call.body.get("aimsgcontext")
    if isinstance(worker, dict):
        marks["kf_account"] = text(worker, "kf_account")
    if isinstance(context, dict) and context.get("is_ai_msg") == 1:
        marks["ai"] = True
    return marks


def read_text(call: Call) -> Message:
    content = text(part(call.body, "text", code=44004), "content", code=44004)
    if len(content.encode("utf-8", "replace")) > call.switches.custom_text_max_bytes:
        raise ApiError(45002)
    return {"type": "text", "text": content}


def read_media(kind: str) -> Callable[[Call], Message]:
    def read(call: Call) -> Message:
        return {
            "type": kind,
            "media_id": call.media_id(text(part(call.body, kind, code=44001), "media_id", code=40007)),
        }

    return read


def read_video(call: Call) -> Message:
    video = part(call.body, "video", code=44001)
    return {"type": "video", "media_id": call.media_id(text(video, "media_id", code=40007)), **_words(video)}


def read_music(call: Call) -> Message:
    music = part(call.body, "music", code=44001)
    url = text(music, "musicurl", default="")
    thumb = call.media_id(text(music, "thumb_media_id", code=40007))
    return {"type": "music", **_words(music), "url": url, "thumb_media_id": thumb}


def read_news(call: Call) -> Message:
    """One article since 2018-10 (official docs)."""
    articles = parts(part(call.body, "news", code=44003), "articles", code=44003)
    if not articles:
        raise ApiError(44003)
    if len(articles) > 1:
        raise ApiError(45008)
    names = ("title", "description", "picurl", "url")
    return {"type": "news", "articles": [{name: text(articles[0], name, default="") for name in names}]}


def read_menu(call: Call) -> Message:
    menu = part(call.body, "msgmenu")
    items = parts(menu, "list")
    if not 1 <= len(items) <= MENU_ITEMS:
        raise ApiError(45098)
    listed = [{"id": str(item.get("id", "")), "content": text(item, "content")} for item in items]
    if any(len(item["content"].encode()) > MENU_ITEM_BYTES for item in listed):
        raise ApiError(45099)
    head, tail = text(menu, "head_content", default=""), text(menu, "tail_content", default="")
    return {"type": "menu", "head": head, "items": listed, "tail": tail}


def read_article(call: Call) -> Message:
    return {"type": "mpnews", "article_id": text(part(call.body, "mpnewsarticle"), "article_id")}


def read_card(call: Call) -> Message:
    return {"type": "card", "card_id": text(part(call.body, "wxcard"), "card_id"), "text": "[卡券]"}


def read_miniprogram(call: Call) -> Message:
    page = part(call.body, "miniprogrampage")
    call.media_id(text(page, "thumb_media_id", code=40007))
    names = ("title", "appid", "pagepath")
    return {"type": "miniprogram", **{name: text(page, name) for name in names}, "text": f"[小程序] {page['title']}"}


def _words(media: Json) -> Message:
    return {name: text(media, name, default="") for name in ("title", "description")}


READERS: dict[str, Callable[[Call], Message]] = {
    "text": read_text,
    "image": read_media("image"),
    "voice": read_media("voice"),
    "video": read_video,
    "music": read_music,
    "news": read_news,
    "mpnews": read_media("mpnews"),
    "mpnewsarticle": read_article,
    "msgmenu": read_menu,
    "wxcard": read_card,
    "miniprogrampage": read_miniprogram,
}
ENDPOINTS = {
    "/cgi-bin/message/custom/send": Endpoint(send),
    "/cgi-bin/message/custom/typing": Endpoint(typing),
}
