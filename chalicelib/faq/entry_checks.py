"""What is wrong with an entry's answers and conditions, in words for the operator."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from chalicelib.faq import words
from chalicelib.faq.availability import CLOCK_TIME
from chalicelib.store.release import Answer, FaqEntry, Release
from chalicelib.wechat.reply import TEXT_BYTES

MOST_ANSWERS = 10
ARTICLE_BYTES = {"title": 128, "description": 512}
"""Beyond these WeChat cuts."""


def answer_problems(entry: FaqEntry, release: Release) -> Iterator[tuple[str, str]]:
    """Pairs of the field and what is wrong with it."""
    yield from _text_problems("answer", entry.answer, release)
    if len(entry.answers) > MOST_ANSWERS:
        yield "answers", f"最多 {MOST_ANSWERS} 个"
    for number, answer in enumerate(entry.answers, start=1):
        name = f"answers 的第 {number} 个"
        yield from ((name, problem) for problem in _variant_problems(answer, release))
        yield from _text_problems(name, answer.text, release)


def condition_problems(entry: FaqEntry) -> Iterator[tuple[str, str]]:
    conditions = entry.conditions
    for name, day in (("valid_from", conditions.valid_from), ("valid_until", conditions.valid_until)):
        if day and not _is_day(day):
            yield name, f"“{day}”不是 YYYY-MM-DD 这样的日期"
    if conditions.valid_until and conditions.valid_until < conditions.valid_from:
        yield "valid_until", "早于 valid_from，这个条目永远不会生效"
    for name, clock_time in (("hours.from", conditions.hours_from), ("hours.until", conditions.hours_until)):
        if (conditions.hours_from or conditions.hours_until) and not CLOCK_TIME.fullmatch(clock_time):
            yield name, f"“{clock_time}”不是 HH:MM 这样的时间"
    for tag in conditions.only_tags:
        if tag in conditions.not_tags:
            yield "only_tags", f"“{tag}”也写在 not_tags 里，自相矛盾"


def size_problem(text: str) -> str:
    size = len(text.encode())
    if size <= TEXT_BYTES:
        return ""
    return f"有 {size} 字节，微信最多收 {TEXT_BYTES} 字节（约 {TEXT_BYTES // 3} 个汉字）"


def _text_problems(name: str, text: str, release: Release) -> Iterator[tuple[str, str]]:
    if problem := size_problem(text):
        yield name, problem
    for placeholder in words.unknown(text, release):
        yield name, f"不认识 {placeholder}，请在 words 里写明它代表什么"


def _variant_problems(answer: Answer, release: Release) -> Iterator[str]:
    if answer.channel and release.channel(answer.channel) is None:
        yield f"渠道 {answer.channel} 不在 channels 里"
    match answer.kind:
        case "text":
            if not answer.text:
                yield "text 是空的"
        case "image":
            if not answer.media_id:
                yield "image 是空的，应当写素材的 media_id"
        case _:
            yield from _article_problems(answer)


def _article_problems(answer: Answer) -> Iterator[str]:
    if not answer.title:
        yield "图文的 title 是空的"
    for name, most in ARTICLE_BYTES.items():
        if len(getattr(answer, name).encode()) > most:
            yield f"图文的 {name} 超过 {most} 字节"
    if not _is_web(answer.url):
        yield "图文的 url 应当以 http:// 或 https:// 开头"
    if answer.picture_url and not _is_web(answer.picture_url):
        yield "图文的 picture 应当以 http:// 或 https:// 开头"


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _is_day(day: str) -> bool:
    try:
        return date.fromisoformat(day).isoformat() == day
    except ValueError:
        return False
