"""What could be taken from an operator's file, and for everything that could not: where it stands, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from chalicelib.faq import publishing
from chalicelib.store.release import Answer, Channel, FaqEntry, Release

Places: TypeAlias = Mapping[tuple[str, ...], str]
"""Where a part stood, by ``("entry", id)``, ``("answer", id, number)``, ``("channel", scene)`` and so on."""

EMPTY = Release(version=0)
FINE = FaqEntry("fine", "好", "好")
"""An entry that nothing is wrong with, so that the fault is the other part's."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that was left out: the place in the file, the field, and the reason, in words for the operator."""

    place: str
    field: str
    what: str

    def __str__(self) -> str:
        return f"{f'{self.place} {self.field}'.rstrip()}：{self.what}"


@dataclass(frozen=True, slots=True)
class Draft:
    """The good part of a file as a release without number, the flaws of the rest, and what to look at in the good."""

    release: Release
    flaws: tuple[Flaw, ...] = ()
    notes: tuple[str, ...] = ()


def screened(release: Release, places: Places) -> Draft:
    """The release without the parts that could not be published as they are. Each part is judged by itself."""
    flaws: list[Flaw] = []
    service_from, service_until = _service(release, places, flaws)
    kept = replace(
        EMPTY,
        service_from=service_from,
        service_until=service_until,
        welcome="" if _bad(flaws, "welcome", places, ("welcome",), welcome=release.welcome) else release.welcome,
        words={
            name: text
            for name, text in release.words.items()
            if not _bad(flaws, "words", places, ("word", name), words={name: text})
        },
        channels=tuple(_channels(release, places, flaws)),
        feedback=release.feedback,
    )
    # Entries are judged with the scenes and words they may name, not with texts that were judged already.
    around = replace(EMPTY, words=kept.words, channels=tuple(replace(one, welcome="") for one in kept.channels))
    entries = tuple(_entries(release, around, places, flaws))
    return Draft(replace(kept, entries=entries), tuple(flaws))


def ready(draft: Draft) -> Draft:
    """The same with notes on what still hinders publishing: what only shows when all entries are seen together."""
    problems = publishing.check(draft.release)
    return replace(draft, notes=(*draft.notes, *(f"发布前还要改：{problem}" for problem in problems)))


def complaints(around: Release, **part: Any) -> tuple[publishing.Problem, ...]:
    """What is wrong with one part of an entry, judged by itself."""
    return publishing.check(replace(around, entries=(replace(FINE, **part),)))


def _bad(flaws: list[Flaw], name: str, places: Places, key: tuple[str, ...], **part: Any) -> bool:
    problems = publishing.check(replace(EMPTY, entries=(FINE,), **part))
    flaws += [Flaw(places.get(key, name), "", problem.what) for problem in problems]
    return bool(problems)


def _service(release: Release, places: Places, flaws: list[Flaw]) -> tuple[str, str]:
    hours = {"service_from": release.service_from, "service_until": release.service_until}
    bad = _bad(flaws, "service", places, ("service",), **hours)
    return (EMPTY.service_from, EMPTY.service_until) if bad else (release.service_from, release.service_until)


def _channels(release: Release, places: Places, flaws: list[Flaw]) -> Iterator[Channel]:
    seen: set[str] = set()
    for channel in release.channels:
        if channel.scene in seen:
            flaws.append(Flaw(f"渠道 {channel.scene}", "scene", "重复"))
        elif not _bad(flaws, f"渠道 {channel.scene}", places, ("channel", channel.scene), channels=(channel,)):
            seen.add(channel.scene)
            yield channel


def _entries(release: Release, around: Release, places: Places, flaws: list[Flaw]) -> Iterator[FaqEntry]:
    seen: set[str] = set()
    for entry in release.entries:
        kept = replace(entry, answers=tuple(_answers(entry, around, places, flaws)))
        own = f"条目 {entry.entry_id}"
        place = places.get(("entry", entry.entry_id), own)
        problems = publishing.check(replace(around, entries=(kept,)))
        flaws += [
            Flaw(place, problem.where.removeprefix(own).removeprefix(" 的 "), problem.what) for problem in problems
        ]
        if entry.entry_id in seen:
            flaws.append(Flaw(place, "id", "重复"))
        elif not problems:
            seen.add(entry.entry_id)
            yield kept


def _answers(entry: FaqEntry, around: Release, places: Places, flaws: list[Flaw]) -> Iterator[Answer]:
    for number, answer in enumerate(entry.answers, start=1):
        place = places.get(("answer", entry.entry_id, str(number)), f"条目 {entry.entry_id} 的第 {number} 个 answers")
        problems = complaints(around, answers=(answer,))
        flaws += [Flaw(place, "", problem.what) for problem in problems]
        if not problems:
            yield answer
