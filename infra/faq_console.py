"""The automatic replies that were set in WeChat's console, as its API tells them, as a draft.

The answer of ``get_current_autoreply_info``: https://developers.weixin.qq.com/doc/service/api/notify/autoreplies/
"""

import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chalicelib.errors import BadContent
from chalicelib.faq.checks import ENTRY_ID
from chalicelib.store.faq_entry import Answer, FaqEntry, Keyword, KeywordKind
from chalicelib.store.release import Release
from infra.faq_draft import EMPTY, Draft, Flaw, complaints, screened

MOST_BYTES = 5_000_000
MATCHES: Mapping[str, KeywordKind] = {"equal": "exact", "contain": "contains"}
ON_FOLLOW, ON_ANYTHING = "被关注回复", "收到消息回复"
SPOKEN = {"voice": "语音", "video": "视频", "img": "图片", "news": "图文"}
TEMPORARY = "图片的 media_id 是临时素材，三天后失效：请上传为永久素材，再换成它的 media_id"


def read(path: Path) -> Draft:
    """Raises BadContent when the file is no such answer."""
    if path.stat().st_size > MOST_BYTES:
        raise BadContent(f"文件超过 {MOST_BYTES // 1_000_000} MB")
    try:
        told = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadContent("不是 JSON，或者编码不对") from error
    return parse(told)


def parse(told: Any) -> Draft:
    """Raises BadContent when it is no answer of ``get_current_autoreply_info``."""
    if not isinstance(told, dict) or not told.keys() & SECTIONS:
        code = told.get("errcode") if isinstance(told, dict) else None
        raise BadContent(
            f"微信没有给出规则，而是错误 {code}" if code else f"没有 {'、'.join(sorted(SECTIONS))} 中的任何一个"
        )
    rules = Rules()
    rules.take_welcome(
        _mapping(told.get("add_friend_autoreply_info")), is_open=bool(told.get("is_add_friend_reply_open"))
    )
    rules.take_default(_mapping(told.get("message_default_autoreply_info")))
    for rule in _mappings(_mapping(told.get("keyword_autoreply_info")).get("list")):
        rules.take(rule)
    return rules.draft()


SECTIONS = {
    "add_friend_autoreply_info",
    "message_default_autoreply_info",
    "keyword_autoreply_info",
    "is_autoreply_open",
}


class Rules:
    """Takes the parts one by one. What an entry cannot say is named by its rule; nothing is dropped in silence."""

    def __init__(self) -> None:
        self._flaws: list[Flaw] = []
        self._notes: list[str] = []
        self._welcome = ""
        self._entries: dict[str, FaqEntry] = {}
        self._places: dict[tuple[str, ...], str] = {("welcome",): ON_FOLLOW}

    def take_welcome(self, reply: Mapping[str, Any], *, is_open: bool) -> None:
        if not reply:
            return
        if reply.get("type") != "text":
            self._flaws.append(Flaw(ON_FOLLOW, "", f"{_spoken(reply)}不能作为欢迎语，没有读入；欢迎语只能是文字"))
            return
        self._welcome = _text(reply.get("content"))
        if not is_open:
            self._notes.append(f"{ON_FOLLOW}：在微信后台是关闭的，内容已读入为欢迎语")

    def take_default(self, reply: Mapping[str, Any]) -> None:
        """We have none: what nothing is known of is told so, and 人工 offered."""
        if reply:
            content = f"，内容是“{_text(reply.get('content'))}”" if reply.get("type") == "text" else ""
            self._flaws.append(Flaw(ON_ANYTHING, "", f"{_spoken(reply)}没有读入{content}；答不上来的问题会提示转人工"))

    def take(self, rule: Mapping[str, Any]) -> None:
        name = _text(rule.get("rule_name")) or "没有名字"
        place = f"规则“{name}”"
        keywords = tuple(self._keywords(place, rule))
        answers = tuple(self._answers(place, rule))
        title = name if any(map(str.isalnum, name)) else next((keyword.pattern for keyword in keywords), name)
        usual = next((answer for answer in answers if answer.kind == "text"), Answer())
        others = tuple(answer for answer in answers if answer is not usual)
        entry_id = self._entry_id(name)
        self._places["entry", entry_id] = place
        for number in range(1, len(others) + 1):
            self._places["answer", entry_id, str(number)] = place
        self._entries[entry_id] = FaqEntry(entry_id, title, usual.text, keywords=keywords, answers=others)

    def draft(self) -> Draft:
        entries = tuple(self._entries.values())
        draft = screened(Release(version=0, entries=entries, welcome=self._welcome), self._places)
        return Draft(draft.release, (*self._flaws, *draft.flaws), tuple(self._notes))

    def _entry_id(self, name: str) -> str:
        """The rule's name where it can be one, else a number that the same name always has."""
        wanted = name if ENTRY_ID.fullmatch(name) else f"wx-{zlib.crc32(name.encode(errors='replace')):08x}"
        entry_id, times = wanted, 1
        while entry_id in self._entries:
            times += 1
            entry_id = f"{wanted[:60]}-{times}"
        return entry_id

    def _keywords(self, place: str, rule: Mapping[str, Any]) -> Iterator[Keyword]:
        for told in _mappings(rule.get("keyword_list_info")):
            text, kind = _text(told.get("content")), MATCHES.get(_text(told.get("match_mode")))
            if kind is None or told.get("type", "text") != "text":
                self._flaws.append(Flaw(place, f"关键词“{text}”", "不认识它的匹配方式，没有读入"))
                continue
            keyword = Keyword(kind, text)
            problems = complaints(EMPTY, keywords=(keyword,))
            self._flaws += [Flaw(place, f"关键词“{text}”", problem.what) for problem in problems]
            if not problems:
                yield keyword

    def _answers(self, place: str, rule: Mapping[str, Any]) -> Iterator[Answer]:
        """All of them where they take turns; where WeChat sends all at once, the first text, or the first at all."""
        answers = [answer for told in _mappings(rule.get("reply_list_info")) for answer in self._answer(place, told)]
        if rule.get("reply_mode") == "random_one":
            chosen = answers
        else:
            chosen = [answer for answer in answers if answer.kind == "text"][:1] or answers[:1]
        for answer in answers:
            if answer in chosen:
                yield answer
            else:
                self._flaws.append(Flaw(place, "", f"一次只能回复一条，没有读入 {_described(answer)}"))
        if any(answer.kind == "image" for answer in chosen):
            self._notes.append(f"{place}：{TEMPORARY}")

    def _answer(self, place: str, told: Mapping[str, Any]) -> Iterator[Answer]:
        match told.get("type"):
            case "text":
                yield Answer(text=_text(told.get("content")))
            case "img":
                yield Answer("image", media_id=_text(told.get("content")))
            case "news":
                yield from self._articles(place, _mappings(_mapping(told.get("news_info")).get("list")))
            case _:
                self._flaws.append(Flaw(place, "", f"{_spoken(told)}不能回复，没有读入"))

    def _articles(self, place: str, told: tuple[Mapping[str, Any], ...]) -> Iterator[Answer]:
        """WeChat takes one article in a reply (since 2018)."""
        if not told:
            self._flaws.append(Flaw(place, "", "图文里没有文章，没有读入"))
        for number, article in enumerate(told):
            answer = Answer(
                "article",
                title=_text(article.get("title")),
                description=_text(article.get("digest")),
                picture_url=_text(article.get("cover_url")),
                url=_text(article.get("content_url")),
            )
            if number == 0:
                yield answer
            else:
                self._flaws.append(Flaw(place, "", f"一次只能回复一篇图文，没有读入 {_described(answer)}"))


def _described(answer: Answer) -> str:
    match answer.kind:
        case "text":
            return f"文字“{answer.text}”"
        case "image":
            return f"图片 {answer.media_id}"
        case _:
            return f"图文“{answer.title}”"


def _spoken(reply: Mapping[str, Any]) -> str:
    kind = _text(reply.get("type"))
    return "文字" if kind == "text" else SPOKEN.get(kind, f"类型“{kind}”")


def _text(told: object) -> str:
    return str(told).strip() if isinstance(told, str | int) else ""


def _mapping(told: object) -> Mapping[str, Any]:
    return told if isinstance(told, dict) else {}


def _mappings(told: object) -> tuple[Mapping[str, Any], ...]:
    return tuple(one for one in told if isinstance(one, dict)) if isinstance(told, list) else ()
