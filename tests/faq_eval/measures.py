"""How good the answers were: precision, coverage, help, declines, and what the confidence is worth."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.faq_eval.data import Question
from tests.faq_eval.engines import Ask, Said


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, and what was said to it."""

    question: Question
    said: Said

    @property
    def is_inside(self) -> bool:
        return self.question.entry_id is not None

    @property
    def is_first(self) -> bool:
        return self.is_inside and self.said.options[:1] == (self.question.entry_id,)

    @property
    def is_offered(self) -> bool:
        return self.is_inside and self.question.entry_id in self.said.options[:3]

    @property
    def is_answered(self) -> bool:
        return self.said.decision == "answer"

    @property
    def is_right(self) -> bool:
        """Answered right; outside of every entry: not answered; of one that is over: not even offered."""
        if self.question.not_id is not None:
            return self.said.decision == "miss" or self.question.not_id not in self.said.options
        return self.is_first and self.is_answered if self.is_inside else not self.is_answered

    @property
    def has_helped(self) -> bool:
        return self.is_right or (self.said.decision == "clarify" and self.is_offered)


def asked(ask: Ask, questions: Iterable[Question]) -> tuple[Outcome, ...]:
    return tuple(Outcome(question, ask(question.text, question.at)) for question in questions)


def overall(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """The measures over a whole set."""
    judged = [one for one in outcomes if one.question.not_id is None]
    inside = [one for one in judged if one.is_inside]
    answered = [one for one in judged if one.is_answered]
    return {
        "precision": share(one.is_first for one in answered),
        "answered": share(one.is_right for one in inside),
        "helped": share(one.has_helped for one in inside),
        "top1": share(one.is_first for one in inside),
        "top3": share(one.is_offered for one in inside),
        "near": share(one.is_right for one in judged if one.question.tag == "near"),
        "far": share(one.is_right for one in judged if one.question.tag == "far"),
        "told": share(one.said.decision == "miss" for one in judged if one.question.tag == "far"),
        "auroc": auroc(
            [one.said.confidence for one in inside], [one.said.confidence for one in judged if not one.is_inside]
        ),
    }


def by_slice(outcomes: Iterable[Outcome]) -> dict[str, tuple[int, float, float]]:
    """By tag: how many, the share that was right, and the share that was helped."""
    slices: defaultdict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        slices[one.question.tag].append(one)
    return {
        tag: (len(found), share(one.is_right for one in found), share(one.has_helped for one in found))
        for tag, found in slices.items()
    }


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """How often a question of ours gets more confidence than one that is not."""
    if not inside or not outside:
        return float("nan")
    wins = sum((one > other) + 0.5 * (one == other) for one in inside for other in outside)
    return wins / (len(inside) * len(outside))


def threshold(outcomes: Iterable[Outcome], precision: float) -> float:
    """The lowest confidence from which on this share of the answers would be right."""
    right, lowest = 0, float("inf")
    ranked = sorted(outcomes, key=lambda one: -one.said.confidence)
    for count, one in enumerate(ranked, start=1):
        right += one.is_first
        if right >= precision * count:
            lowest = one.said.confidence
    return lowest


def share(told: Iterable[bool]) -> float:
    every = list(told)
    return sum(every) / len(every) if every else float("nan")
