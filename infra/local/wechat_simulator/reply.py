"""What the account answered, checked as WeChat checks it (official docs, passive reply)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from infra.local.wechat_simulator import crypto, markup
from infra.local.wechat_simulator.account import Account
from infra.local.wechat_simulator.person import Message
from infra.local.wechat_simulator.push import Push
from infra.local.wechat_simulator.signature import sign
from infra.local.wechat_simulator.switches import Switches

SILENCE = (b"", b"success")
ONE_ARTICLE_FOR = ("text", "image", "voice", "video", "shortvideo", "location", "link")


class BadReply(ValueError):
    """WeChat cannot use the answer. The message is Chinese and says why."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A valid answer. No message means that the account has nothing to say."""

    message: Message | None = None
    xml: str = ""


def read_reply(
    body: bytes, push: Push, *, account: Account, keys: Sequence[bytes], nonce: str, switches: Switches
) -> Reply:
    """The reply in `body`, in the account's mode. Raises BadReply."""
    if body in SILENCE:
        return Reply()
    try:
        outer = markup.read(body)
        xml = body
        if account.is_encrypted and "Encrypt" in outer:
            xml = _opened(outer, account=account, keys=keys, nonce=nonce, switches=switches)
        elif account.mode == "safe" and not switches.plain_reply_in_safe_mode:
            raise BadReply("安全模式下回复没有加密")
        return Reply(_message(markup.read(xml), push, account, switches), xml.decode())
    except (markup.BadMarkup, UnicodeDecodeError) as error:
        raise BadReply(f"回复不是合法的 XML：{error}") from error


def _opened(outer: markup.Tree, *, account: Account, keys: Sequence[bytes], nonce: str, switches: Switches) -> bytes:
    encrypted, stamp, used_nonce = (text(outer, name) for name in ("Encrypt", "TimeStamp", "Nonce"))
    if text(outer, "MsgSignature") != sign(account.token, stamp, used_nonce, encrypted):
        raise BadReply("回复的 MsgSignature 不正确")
    if not stamp.isdigit():
        raise BadReply("回复的 TimeStamp 不是数字")
    if switches.reply_nonce_must_match and used_nonce != nonce:
        raise BadReply("回复的 Nonce 与请求的不同")
    failure = "没有可用的密钥"
    for key in keys:
        try:
            message, appid = crypto.decrypt(encrypted, key=key)
        except crypto.CannotDecrypt as error:
            failure = str(error)
            continue
        if appid == account.appid:
            return message
        failure = "密文里的 appid 不是本账号的"
    raise BadReply(f"回复无法解密：{failure}")


def _message(tree: markup.Tree, push: Push, account: Account, switches: Switches) -> Message:
    if text(tree, "ToUserName") != push.openid:
        raise BadReply("回复的 ToUserName 应为粉丝的 openid")
    if text(tree, "FromUserName") != account.gh_id:
        raise BadReply("回复的 FromUserName 应为公众号的原始 ID")
    if not text(tree, "CreateTime").isdigit():
        raise BadReply("回复的 CreateTime 不是数字")
    kind = text(tree, "MsgType")
    if kind not in READERS:
        raise BadReply(f"回复的 MsgType 不认识：{kind or '（空）'}")
    message = READERS[kind](tree)
    if kind == "text" and len(message["text"].encode()) > switches.reply_text_max_bytes:
        raise BadReply(f"文本回复超过 {switches.reply_text_max_bytes} 字节")
    if kind == "news" and push.msg_type in ONE_ARTICLE_FOR:
        message["articles"] = message["articles"][:1]  # articles beyond the limit are not shown
    return message


def _text(tree: markup.Tree) -> Message:
    return {"type": "text", "text": needed(tree, "Content")}


def _image(tree: markup.Tree) -> Message:
    return {"type": "image", "media_id": needed(part(tree, "Image"), "MediaId")}


def _voice(tree: markup.Tree) -> Message:
    return {"type": "voice", "media_id": needed(part(tree, "Voice"), "MediaId")}


def _video(tree: markup.Tree) -> Message:
    video = part(tree, "Video")
    words = {"title": text(video, "Title"), "description": text(video, "Description")}
    return {"type": "video", "media_id": needed(video, "MediaId"), **words}


def _music(tree: markup.Tree) -> Message:
    music = part(tree, "Music")
    return {
        "type": "music",
        "title": text(music, "Title"),
        "description": text(music, "Description"),
        "url": text(music, "MusicUrl"),
        "hq_url": text(music, "HQMusicUrl"),
        "thumb_media_id": needed(music, "ThumbMediaId"),
    }


def _news(tree: markup.Tree) -> Message:
    articles = tree.get("Articles")
    items = articles.get("item") if isinstance(articles, dict) else None
    listed = items if isinstance(items, list) else [items]
    found = [_article(item) for item in listed if isinstance(item, dict)]
    count = text(tree, "ArticleCount")
    if not found or not count.isdigit() or int(count) != len(found):
        raise BadReply("ArticleCount 与图文条数不符")
    if len(found) > 10:
        raise BadReply("图文超过 10 条")
    return {"type": "news", "articles": found[:8]}


def _article(item: markup.Tree) -> Message:
    names = {"title": "Title", "description": "Description", "picurl": "PicUrl", "url": "Url"}
    return {name: text(item, tag) for name, tag in names.items()}


def _transfer(tree: markup.Tree) -> Message:
    info = tree.get("TransInfo")
    worker = text(info, "KfAccount") if isinstance(info, dict) else ""
    return {"type": "system", "text": "已转接人工客服", **({"kf_account": worker} if worker else {})}


READERS: dict[str, Callable[[markup.Tree], Message]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "music": _music,
    "news": _news,
    "transfer_customer_service": _transfer,
}


def text(tree: markup.Tree, name: str) -> str:
    value = tree.get(name)
    return value if isinstance(value, str) else ""


def needed(tree: markup.Tree, name: str) -> str:
    value = text(tree, name)
    if not value.strip():
        raise BadReply(f"回复缺少 {name}")
    return value


def part(tree: markup.Tree, name: str) -> markup.Tree:
    value = tree.get(name)
    if not isinstance(value, dict):
        raise BadReply(f"回复缺少 {name}")
    return value
