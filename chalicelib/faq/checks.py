"""What is wrong with a release, told before it is published, in words for the operator."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from chalicelib.faq import patterns, words
from chalicelib.faq.availability import CLOCK_TIME
from chalicelib.faq.engine import exact_texts, normalise
from chalicelib.faq.entry_checks import answer_problems, condition_problems, size_problem
from chalicelib.faq.rules import MOST_TAGS
from chalicelib.store.release import FaqEntry, Release

ENTRY_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""Also part of menu keys (``faq:<id>``), which WeChat limits to 128 bytes."""
MOST_TITLE = 60
"""Characters, so that three titles fit into one message."""
MOST_PHRASE = 60
"""Characters of a question or a keyword, as in WeChat's own console."""
MOST_TAG = 30
"""Characters of a tag's name at WeChat (errcode 45158)."""
MOST_SCENE = 64
"""Characters of a QR code's scene at WeChat."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a release cannot be published, in words for the operator."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}：{self.what}"


def check(release: Release) -> tuple[Problem, ...]:
    """Everything that is wrong with a release; nothing is, when it is empty."""
    return (*_general_problems(release), *_entry_problems(release), *_conflicts(release))


def _general_problems(release: Release) -> Iterator[Problem]:
    if not release.entries:
        yield Problem("entries", "一个条目也没有")
    yield from _too_long("welcome", release.welcome)
    for name, clock_time in (("service.from", release.service_from), ("service.until", release.service_until)):
        if not CLOCK_TIME.fullmatch(clock_time):
            yield Problem(name, f"“{clock_time}”不是 HH:MM 这样的时间")
    scenes: set[str] = set()
    for channel in release.channels:
        where = f"渠道 {channel.scene or channel.name}"
        if not 1 <= len(channel.scene) <= MOST_SCENE:
            yield Problem(where, f"scene 应当有 1 到 {MOST_SCENE} 个字符")
        if channel.scene in scenes:
            yield Problem(where, "scene 重复")
        scenes.add(channel.scene)
        yield from _too_long(f"{where} 的 welcome", channel.welcome)
    for name in release.words:
        if not words.NAME.fullmatch(name):
            yield Problem("words", f"“{name}”应当由小写字母、数字和 _ 组成，以字母开头")


def _entry_problems(release: Release) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, entry in enumerate(release.entries, start=1):
        where = f"条目 {entry.entry_id}" if entry.entry_id else f"第 {number} 个条目"
        if not ENTRY_ID.fullmatch(entry.entry_id):
            yield Problem(where, "id 只能用字母、数字、- 和 _，1 到 64 个")
        if entry.entry_id in seen:
            yield Problem(where, "id 重复")
        seen.add(entry.entry_id)
        yield from _title_and_answer(where, entry)
        yield from _phrases(where, entry)
        yield from _tags(where, entry)
        for name, what in chain(answer_problems(entry, release), condition_problems(entry)):
            yield Problem(f"{where} 的 {name}", what)


def _title_and_answer(where: str, entry: FaqEntry) -> Iterator[Problem]:
    if not normalise(entry.title):
        yield Problem(where, "title 是空的")
    if len(entry.title) > MOST_TITLE:
        yield Problem(where, f"title 超过 {MOST_TITLE} 个字")
    if not entry.human and not entry.answer and all(answer.channel for answer in entry.answers):
        yield Problem(where, "answer 是空的")


def _phrases(where: str, entry: FaqEntry) -> Iterator[Problem]:
    named = [("questions", question) for question in entry.questions]
    named += [(keyword.kind, keyword.pattern) for keyword in entry.keywords]
    named += [("unless", phrase) for phrase in entry.unless]
    for name, phrase in named:
        if len(phrase) > MOST_PHRASE:
            yield Problem(where, f"{name} 里的“{phrase[:10]}…”超过 {MOST_PHRASE} 个字")
        elif name == "regex":
            if danger := patterns.danger(phrase):
                yield Problem(where, f"regex 里的“{phrase}”：{danger}")
        elif not normalise(phrase):
            yield Problem(where, f"{name} 里的“{phrase}”没有文字或数字，不会命中任何消息")
        elif name in {"contains", "prefix"} and len(normalise(phrase)) < 2:
            yield Problem(where, f"{name} 里的“{phrase}”只有一个字，会误伤太多消息")


def _tags(where: str, entry: FaqEntry) -> Iterator[Problem]:
    named = {
        "add_tags": entry.add_tags,
        "remove_tags": entry.remove_tags,
        "only_tags": entry.conditions.only_tags,
        "not_tags": entry.conditions.not_tags,
    }
    for name, tags in named.items():
        if len(tags) > MOST_TAGS:
            yield Problem(where, f"{name} 超过 {MOST_TAGS} 个")
        for tag in tags:
            if not 1 <= len(tag) <= MOST_TAG:
                yield Problem(where, f"{name} 里的“{tag[:MOST_TAG]}”应当有 1 到 {MOST_TAG} 个字")


def _conflicts(release: Release) -> Iterator[Problem]:
    """The same whole message for several entries, with nothing to say which of them should answer."""
    claims: defaultdict[tuple[str, int], dict[str, None]] = defaultdict(dict)
    for entry in release.entries:
        for text in exact_texts(entry):
            claims[text, entry.priority][entry.entry_id] = None
    for (text, _), entry_ids in claims.items():
        if len(entry_ids) > 1:
            yield Problem(f"条目 {'、'.join(entry_ids)}", f"都由“{text}”触发，请只留一个，或给它们不同的 priority")


def _too_long(where: str, text: str) -> Iterator[Problem]:
    if problem := size_problem(text):
        yield Problem(where, problem)
