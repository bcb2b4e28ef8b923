"""One entry of an FAQ: by what a follower may ask it, when and for whom it holds, and what it answers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, Self

KeywordKind = Literal["exact", "contains", "prefix", "regex"]


@dataclass(frozen=True, slots=True)
class Keyword:
    """A text that a follower may send: the whole message, a part of it, its beginning, or a pattern of it."""

    kind: KeywordKind
    pattern: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing to send. With `channel` (a scene), only to followers who came by it, and then instead of the others."""

    kind: Literal["text", "image", "article"] = "text"
    text: str = ""
    media_id: str = ""
    title: str = ""
    description: str = ""
    picture_url: str = ""
    url: str = ""
    channel: str = ""

    def to_json(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Conditions:
    """When and for whom an entry holds. Outside them it is neither answered nor offered."""

    valid_from: str = ""
    valid_until: str = ""
    """Days, ``YYYY-MM-DD``, both included, Asia/Shanghai. Empty is unlimited."""
    hours_from: str = ""
    hours_until: str = ""
    """Clock times, ``HH:MM``, Asia/Shanghai; they may cross midnight. Empty is all day."""
    only_tags: tuple[str, ...] = ()
    """For members with one of these."""
    not_tags: tuple[str, ...] = ()
    """Not for members with any of these."""

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**_frozen(data))


@dataclass(frozen=True, slots=True)
class FaqEntry:
    """One question and its answer."""

    entry_id: str
    title: str
    """The standard question, shown in suggestions."""
    answer: str
    """The usual text; may be empty where `answers` has one for every channel, or with `human`."""
    questions: tuple[str, ...] = ()
    """Other phrasings of the same question."""
    keywords: tuple[Keyword, ...] = ()
    unless: tuple[str, ...] = ()
    """Texts that a message must not contain."""
    answers: tuple[Answer, ...] = ()
    """Further answers: they take turns with `answer`, or replace it in a channel."""
    priority: int = 0
    """Higher wins where evidence is otherwise equal."""
    human: bool = False
    """Hand the follower to human service instead of answering."""
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    conditions: Conditions = field(default_factory=Conditions)

    def to_json(self) -> dict[str, Any]:
        """Without what has its usual value."""
        data: dict[str, Any] = {"id": self.entry_id, "title": self.title, "answer": self.answer}
        data |= {name: getattr(self, name) for name in _PLAIN if getattr(self, name) != _USUAL[name]}
        if self.keywords:
            data["keywords"] = [[keyword.kind, keyword.pattern] for keyword in self.keywords]
        if self.answers:
            data["answers"] = [answer.to_json() for answer in self.answers]
        if self.conditions != Conditions():
            data["conditions"] = self.conditions.to_json()
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Also of schema 1, which had fewer fields and always wrote all of them."""
        plain = _frozen({name: data[name] for name in _PLAIN if name in data})
        return cls(
            entry_id=data["id"],
            title=data["title"],
            answer=data["answer"],
            keywords=tuple(Keyword(kind, pattern) for kind, pattern in data.get("keywords", ())),
            answers=tuple(Answer(**answer) for answer in data.get("answers", ())),
            conditions=Conditions.from_json(data.get("conditions", {})),
            **plain,
        )


def _frozen(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}


_PLAIN = ("questions", "unless", "priority", "human", "add_tags", "remove_tags")
_USUAL = {one.name: one.default for one in fields(FaqEntry)}
