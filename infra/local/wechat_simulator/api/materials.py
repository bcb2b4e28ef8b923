"""`media/*` and `material/*`: files that the account stores (official docs, temporary and permanent material)."""

from dataclasses import replace
from datetime import timedelta

from infra.local.wechat_simulator.account import LETTERS_AND_DIGITS, letters
from infra.local.wechat_simulator.api.call import NOTHING_WRONG, Call, Download, Endpoint, text
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.wire import Json
from infra.local.wechat_simulator.media import IMAGE_FOR_ARTICLES, KEPT_DAYS, RULES, Media, Rule, Upload

PICTURES = "http://mmbiz.qpic.cn/simulated/"


def upload(call: Call) -> Json:
    """A temporary file, for three days."""
    media = _new(call)
    call.state.media.add(replace(media, expires_at=call.now + timedelta(days=KEPT_DAYS)))
    name = call.switches.thumb_id_field if media.kind == "thumb" else "media_id"
    return {"type": media.kind, name: media.media_id, "created_at": int(call.now.timestamp())}


def download(call: Call) -> Json | Download:
    media = _stored(call, call.query.get("media_id", ""))
    if media.kind == "video":
        return {"video_url": f"http://vweixinp.tc.qq.com/{media.media_id}.mp4"}
    return _file(media)


def upload_image(call: Call) -> Json:
    """A picture for the inside of an article: it has an address and no id, and counts for no limit."""
    file = _checked(call, IMAGE_FOR_ARTICLES)
    return {"url": f"{PICTURES}{_new_id(call)}/0?wx_fmt={file.ending[1:]}"}


def add(call: Call) -> Json:
    """A permanent file."""
    media = _new(call)
    call.state.media.add(media)
    picture = {"url": f"{PICTURES}{media.media_id}/0"} if media.kind in ("image", "thumb") else {}
    return {"media_id": media.media_id, **picture}


def get(call: Call) -> Json | Download:
    media = _stored(call, text(call.body, "media_id", code=40007))
    if media.kind == "video":
        return {"title": media.file.name, "description": "", "down_url": f"{PICTURES}{media.media_id}"}
    return _file(media)


def delete(call: Call) -> Json:
    media = _stored(call, text(call.body, "media_id", code=40007))
    if media.expires_at is not None:
        raise ApiError(40007)
    call.state.media.remove(media.media_id)
    return NOTHING_WRONG


def count(call: Call) -> Json:
    kinds = [one.kind for one in call.state.media.permanent()]
    counts = {f"{kind}_count": kinds.count(kind) for kind in ("voice", "video", "image")}
    return {**counts, "news_count": 0}


def _new(call: Call) -> Media:
    rule = RULES.get(call.query.get("type", ""))
    if rule is None:
        raise ApiError(40004)
    return Media(_new_id(call), call.query["type"], _checked(call, rule), call.now)


def _checked(call: Call, rule: Rule) -> Upload:
    """The file that came, if it is of this kind and not too large."""
    file = call.upload
    if file is None or not file.content:
        raise ApiError(44001)
    if file.ending not in rule.endings:
        raise ApiError(40005)
    if len(file.content) > rule.most_bytes:
        raise ApiError(rule.size_code if call.switches.media_size_code_by_kind else 40006)
    return file


def _stored(call: Call, media_id: str) -> Media:
    media = call.state.media.find(media_id, call.now)
    if media is None:
        raise ApiError(40007)
    return media


def _file(media: Media) -> Download:
    return Download(f"{media.media_id}{media.file.ending}", media.file.content, media.content_type)


def _new_id(call: Call) -> str:
    return letters(call.world.random, 64, LETTERS_AND_DIGITS + "-_")


ENDPOINTS = {
    "/cgi-bin/media/upload": Endpoint(upload, takes_file=True),
    "/cgi-bin/media/get": Endpoint(download, needs_post=False),
    "/cgi-bin/media/uploadimg": Endpoint(upload_image, takes_file=True),
    "/cgi-bin/material/add_material": Endpoint(add, takes_file=True),
    "/cgi-bin/material/get_material": Endpoint(get),
    "/cgi-bin/material/del_material": Endpoint(delete),
    "/cgi-bin/material/get_materialcount": Endpoint(count, needs_post=False),
}
