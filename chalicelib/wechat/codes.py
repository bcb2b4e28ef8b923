"""WeChat's error codes and what each means for the caller.

Meanings: the platform's pages on global return codes and on each call. Classes: our own judgement.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chalicelib.wechat.errors import (
    AlreadyAccepted,
    Busy,
    ContentRefused,
    DayLimit,
    Harmless,
    LoginAgain,
    MinuteLimit,
    MonthLimit,
    NoCredit,
    NotAllowed,
    NoWindow,
    OurMistake,
    Partial,
    RecipientGone,
    RecipientMonthLimit,
    TokenRefused,
    UnknownCode,
    WaitingForAdmin,
    WechatError,
)

TOKEN_PATHS = frozenset({"/cgi-bin/token", "/cgi-bin/stable_token"})

ROWS: Mapping[type[WechatError], Mapping[str, str]] = {
    Busy: {
        "-1": "system busy",
        "45169": "tags of one follower changed by two at once",
        "61450": "customer service: system error",
        "61503": "statistics not ready yet",
        "65413-65415": "customer service: no session, another worker's, or the worker is offline",
        "9500001-9500002": "mass send or delete: system error",
        "268487001-268487002": "platform busy",
        "268488001": "platform busy",
    },
    TokenRefused: {
        "40001": "token invalid or not the latest",
        "40014": "not a token",
        "42001": "token expired",
    },
    MinuteLimit: {
        "42010": "mass sends too fast",
        "44990": "more than five calls a second",
        "45011": "minute quota used up",
        "45066": "clientmsgid repeated within a minute",
    },
    DayLimit: {
        "43100": "template changed too often",
        "45009": "day's quota used up",
        "45010": "menus created too often",
    },
    MonthLimit: {
        "45028": "no mass sends left",
        "48006": "quota resets used up",
    },
    RecipientMonthLimit: {
        "45036": "follower has had all announcements of the month",
    },
    RecipientGone: {
        "40003": "openid is not a follower's of this account",
        "43004": "recipient does not follow",
        "43019": "recipient is on our blacklist",
        "45059": "follower has twenty tags already",
        "48002": "follower has switched off messages",
        "49003": "openid belongs to another account",
        "50002": "follower's account is limited",
        "50005": "recipient does not follow",
        "70000": "not for minors",
    },
    NoWindow: {
        "45015": "no window open, or not following",
        "45047": "window used up",
    },
    NoCredit: {
        "43101": "subscription refused or used up",
    },
    ContentRefused: {
        "40036-40037": "template id",
        "40039": "url too long",
        "40048": "url",
        "40066": "url blocked",
        "40068": "url malicious",
        "40165-40166": "mini-program's path or appid",
        "40249": "marketing content",
        "41030": "page of the mini-program",
        "41040": "originality required",
        "43116": "template restricted",
        "45012-45014": "template too big",
        "47003": "template argument",
        "48011": "template disabled",
        "48021-48022": "draft or video that cannot be sent",
        "53404-53406": "commerce ability or product",
        "53503-53505": "draft failed the check or must be handled in the console",
        "200013": "template banned",
    },
    OurMistake: {
        "40002": "grant_type",
        "40004-40007": "media: type, file, size or id",
        "40008": "message type",
        "40009-40012": "size of image, voice, video or thumb",
        "40015-40027": "menu structure",
        "40031-40032": "openid list: content or length",
        "40033": "unicode escapes in the body",
        "40035": "parameters",
        "40038": "packet",
        "40050-40051": "group id or name",
        "40052-40053": "QR code: action name or info",
        "40059-40060": "mass send: msg_id or article_idx",
        "40062": "title too long",
        "40065": "mass send cannot be deleted in this state",
        "40092": "remark",
        "40097": "parameters",
        "40102-40103": "industry",
        "40114": "index in draft",
        "40117": "group name",
        "40118-40121": "menu: media or button type",
        "40130": "mass send needs two openids",
        "40132": "WeChat id",
        "40137": "image format",
        "40152": "no such tag",
        "40246-40247": "template: keywords, or a category template is needed",
        "41001": "token missing",
        "41003": "refresh_token missing",
        "41005-41009": "media, media_id, menu, code or openid missing",
        "41039": "draft: source url",
        "43001-43003": "method must be GET or POST, or HTTPS",
        "43005": "friend relation",
        "44001-44004": "media, body, news or text empty",
        "45001-45007": "media, content, title, description, url, picture url or voice too long",
        "45008": "too many articles",
        "45016-45018": "group",
        "45057-45058": "tag too big, or the system's",
        "45067": "clientmsgid too long",
        "45083-45084": "speed of mass sends",
        "45098-45099": "msgmenu: items or length",
        "45103": "call withdrawn",
        "45109": "call withdrawn",
        "45113": "message type withdrawn",
        "45157-45159": "tag: name, length or id",
        "45162": "msgtype",
        "45166": "draft: content",
        "46001-46004": "no such media, menu version, menu or user",
        "46101": "call withdrawn",
        "47001-47002": "JSON malformed or escaped",
        "48005": "material in use",
        "48009": "call withdrawn",
        "53600": "article id",
        "61451-61457": "customer service account (old)",
        "61500-61501": "statistics: date or range",
        "65301-65320": "conditional menu",
        "65401-65412": "customer service account or invitation",
        "65416-65417": "customer service records: parameter or range",
        "76021-76022": "cgi_path",
        "200002": "subscription template: parameters",
        "200014": "subscription template: id",
        "200016-200022": "subscription template: parameters",
        "9001001-9001010": "shake-around",
        "9410010-9410012": "short key too long, its life, or none",
    },
    NotAllowed: {
        "40013": "appid",
        "40054-40055": "menu: domain of a url",
        "40125": "AppSecret",
        "40164": "our IP is not in the account's allow-list",
        "40200": "type of account",
        "40243": "AppSecret frozen",
        "41002": "appid missing",
        "41004": "AppSecret missing",
        "43104": "appid lacks permission",
        "43106": "templates may not be added",
        "43107": "subscriptions banned",
        "45026": "too many templates",
        "45029": "too many QR codes",
        "45056": "more than 100 tags",
        "45062": "account has an advertising contract",
        "45064": "menu: mini-program not linked",
        "45087": "customer-service messages blocked",
        "45093-45094": "customer-service messages: no quota, or punished",
        "45102": "call blocked for a while",
        "45501": "call blocked for a while",
        "48001": "call not authorised",
        "48003": "mass-send protocol not accepted",
        "48004": "call banned for violations",
        "48008": "message type not permitted",
        "50001": "call not authorised",
        "50004": "token use forbidden",
        "50007": "account frozen",
        "61004": "our IP is not registered",
        "61007": "not authorised to the platform",
        "61016": "not authorised to the platform",
        "65400": "customer service not enabled",
        "89506-89507": "administrator refused our IP, for a day or an hour",
        "200011": "account banned from subscriptions",
        "200012": "too many subscription templates",
    },
    LoginAgain: {
        "40029": "login code",
        "40030": "login refresh token",
        "40163": "login code used",
        "42002": "login refresh token expired",
        "42003": "login code expired",
        "42007": "follower changed their password",
    },
    WaitingForAdmin: {
        "89501-89503": "administrator must confirm our IP",
        "89504-89505": "administrator must confirm the mass send",
    },
    Partial: {
        "45171": "failed for some openids",
    },
    AlreadyAccepted: {
        "45065": "clientmsgid known",
    },
    Harmless: {
        "45072": "typing: command",
        "45080": "typing: nobody has talked lately",
        "45081": "typing already",
        "76001-76004": "look-up of a rid",
    },
}  # fmt: skip


def error_for(code: int, errmsg: str = "", *, path: str = "", answer: Mapping[str, Any] | None = None) -> WechatError:
    """The error that a code stands for, on this path (`/cgi-bin/…`); `answer` is WeChat's whole JSON."""
    cls, meaning = _in_context(code, path) or _BY_CODE.get(code, (UnknownCode, "unknown code"))
    found = answer or {}
    if issubclass(cls, Partial):
        return cls(meaning, code=code, errmsg=errmsg, failed=_listed(found.get("fail_openid_list")))
    if issubclass(cls, AlreadyAccepted):
        return cls(meaning, code=code, errmsg=errmsg, msg_id=str(found.get("msg_id", "")))
    return cls(meaning, code=code, errmsg=errmsg)


def _listed(openids: Any) -> Iterable[str]:
    return map(str, openids) if isinstance(openids, list) else ()


def _in_context(code: int, path: str) -> tuple[type[WechatError], str] | None:
    """Codes that mean something else where a token is fetched or a follower logs in."""
    if code == 40001 and path in TOKEN_PATHS:
        return NotAllowed, "AppSecret"
    if code in (48001, 50001) and path.startswith("/sns/"):
        return LoginAgain, "not authorised by the follower"
    return None


def codes_in(text: str) -> Iterable[int]:
    """The codes of one row: a single one, or first and last."""
    first, dash, last = text.partition("-") if not text.startswith("-") else (text, "", "")
    return range(int(first), int(last) + 1) if dash else (int(first),)


def _rows() -> Iterator[tuple[int, tuple[type[WechatError], str]]]:
    for cls, meanings in ROWS.items():
        for text, meaning in meanings.items():
            for code in codes_in(text):
                yield code, (cls, meaning)


_BY_CODE = dict(_rows())
