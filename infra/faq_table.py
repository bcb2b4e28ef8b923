"""The reverse of `faq_rows`: what the rows of a spreadsheet say, as a draft."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from chalicelib.store.release import Answer, Channel, FaqEntry, Release
from infra import faq_columns as columns
from infra import faq_entry_row
from infra.faq_columns import heading
from infra.faq_draft import Draft, Flaw, screened
from infra.faq_file import FLAGS
from infra.faq_sheet import Row

NAMES = {
    columns.CHANNEL: "channel",
    columns.WORD: "word",
    columns.WELCOME: "welcome",
    columns.SERVICE: "service",
    columns.FEEDBACK: "feedback",
}
KIND_NAMES = "、".join(columns.KINDS)


class Table:
    """Takes rows one by one, in any order but for answers, which keep theirs."""

    def __init__(self) -> None:
        self._flaws: list[Flaw] = []
        self._order: dict[str, int] = {}
        self._places: dict[tuple[str, ...], str] = {}
        self._entries: dict[str, FaqEntry] = {}
        self._answers: defaultdict[str, list[tuple[str, Answer]]] = defaultdict(list)
        self._release = Release(version=0)

    def take(self, found: Row | Flaw) -> None:
        self._order.setdefault(found.place, len(self._order))
        flaws = [found] if isinstance(found, Flaw) else list(_misplaced(found))
        if isinstance(found, Row) and not flaws:
            flaws = list(self._placed(found))
        self._flaws += flaws

    def draft(self) -> Draft:
        """All that was taken, each flaw in the order of its row."""
        lost = [flaw for entry_id in self._answers.keys() - self._entries.keys() for flaw in self._orphans(entry_id)]
        entries = tuple(map(self._whole, self._entries.values()))
        draft = screened(replace(self._release, entries=entries), self._places)
        flaws = (*self._flaws, *lost, *draft.flaws)
        return replace(draft, flaws=tuple(sorted(flaws, key=lambda flaw: self._order.get(flaw.place, 0))))

    def _placed(self, row: Row) -> Iterator[Flaw]:
        cells, kind = row.cells, row.cells.get("kind", columns.ENTRY)
        if kind in (columns.TEXT, columns.IMAGE, columns.ARTICLE):
            self._answers[cells["id"]].append((row.place, _answer(kind, row)))
        elif kind == columns.ENTRY:
            yield from self._entry(row)
        elif (key := _key(kind, row)) in self._places:
            yield _doubled(row, kind, self._places[key])
        else:
            self._places[key] = row.place
            self._release = _with(self._release, kind, row)

    def _entry(self, row: Row) -> Iterator[Flaw]:
        entry_id = row.cells["id"]
        if first := self._places.get(("entry", entry_id)):
            yield Flaw(row.place, heading("id"), f"“{entry_id}”重复，{first}已经用了它；只读入了那一行")
            return
        flaws = tuple(faq_entry_row.unreadable(row))
        if not flaws:
            self._entries[entry_id] = faq_entry_row.entry(row)
        self._places["entry", entry_id] = row.place
        yield from flaws

    def _whole(self, entry: FaqEntry) -> FaqEntry:
        """With its further answers, whose places are remembered."""
        found = self._answers.get(entry.entry_id, [])
        for number, (place, _) in enumerate(found, start=1):
            self._places["answer", entry.entry_id, str(number)] = place
        return replace(entry, answers=tuple(answer for _, answer in found))

    def _orphans(self, entry_id: str) -> Iterator[Flaw]:
        for place, _ in self._answers[entry_id]:
            yield Flaw(place, heading("id"), f"没有读入编号为“{entry_id}”的条目，它的这个回答也就没有读入")


def draft(found: Iterable[Row | Flaw]) -> Draft:
    table = Table()
    for one in found:
        table.take(one)
    return table.draft()


def _misplaced(row: Row) -> Iterator[Flaw]:
    """A kind that is none, a cell that must be filled and is not, or one that is and must not."""
    name = row.cells.get("kind", columns.ENTRY)
    if name not in columns.KINDS:
        yield Flaw(row.place, heading("kind"), f"没有“{name}”这一类，可以写 {KIND_NAMES}，不写就是 {columns.ENTRY}")
        return
    kind = columns.KINDS[name]
    for column in kind.needs:
        if column not in row.cells:
            yield Flaw(row.place, heading(column), "是空的")
    if name == columns.FEEDBACK and row.cells.get("answer", "是").lower() not in FLAGS:
        yield Flaw(row.place, heading("answer"), f"应当是 是 或 否，写的是“{row.cells['answer']}”")
    for column in row.cells:
        if column not in {"kind", *kind.needs, *kind.may}:
            yield Flaw(row.place, heading(column), f"类型是“{name}”的行不用这一列，写在这里会丢失")


def _key(kind: str, row: Row) -> tuple[str, ...]:
    named = NAMES[kind]
    return (named, row.cells["id"]) if "id" in row.cells else (named,)


def _doubled(row: Row, kind: str, first: str) -> Flaw:
    named = f"{kind} {row.cells.get('id', '')}".rstrip()
    return Flaw(row.place, "", f"{named} 重复，{first}已经写了；只读入了那一行")


def _with(release: Release, kind: str, row: Row) -> Release:
    cells = row.cells
    if kind == columns.CHANNEL:
        channel = Channel(cells["id"], cells["title"], cells.get("answer", ""))
        return replace(release, channels=(*release.channels, channel))
    if kind == columns.WORD:
        return replace(release, words={**release.words, cells["id"]: cells.get("answer", "")})
    if kind == columns.WELCOME:
        return replace(release, welcome=cells["answer"])
    if kind == columns.FEEDBACK:
        return replace(release, feedback=FLAGS[cells["answer"].lower()])
    first, last = faq_entry_row.clock(row, "hours_from"), faq_entry_row.clock(row, "hours_until")
    return replace(release, service_from=first, service_until=last)


def _answer(kind: str, row: Row) -> Answer:
    cells = row.cells
    channel = cells.get("channel", "")
    if kind == columns.TEXT:
        return Answer(text=cells["answer"], channel=channel)
    if kind == columns.IMAGE:
        return Answer("image", media_id=cells["image"], channel=channel)
    return Answer(
        "article",
        title=cells["title"],
        description=cells.get("answer", ""),
        picture_url=cells.get("picture", ""),
        url=cells["url"],
        channel=channel,
    )
