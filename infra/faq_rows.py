"""A release as the rows of a spreadsheet."""

from collections.abc import Iterator, Mapping

from chalicelib.errors import BadContent
from chalicelib.store.release import Answer, FaqEntry, Release
from infra import faq_cells
from infra.faq_columns import ARTICLE, CHANNEL, COLUMNS, ENTRY, FEEDBACK, IMAGE, SERVICE, TEXT, WELCOME, WORD, heading

Cells = Mapping[str, str]


def of(release: Release) -> Iterator[tuple[str, ...]]:
    """The headings, then one row per part. Raises BadContent for what no cell can hold."""
    yield tuple(map(heading, COLUMNS))
    for cells in _rows(release):
        _check(cells)
        yield tuple(cells.get(name, "") for name in COLUMNS)


def _rows(release: Release) -> Iterator[Cells]:
    yield {"kind": SERVICE, "hours_from": release.service_from, "hours_until": release.service_until}
    if release.welcome:
        yield {"kind": WELCOME, "answer": release.welcome}
    if release.feedback:
        yield {"kind": FEEDBACK, "answer": "是"}
    for channel in release.channels:
        yield {"kind": CHANNEL, "id": channel.scene, "title": channel.name, "answer": channel.welcome}
    for name, text in release.words.items():
        yield {"kind": WORD, "id": name, "answer": text}
    for entry in release.entries:
        yield _entry(entry)
        for answer in entry.answers:
            yield {"id": entry.entry_id, "channel": answer.channel, **_answer(answer)}


def _entry(entry: FaqEntry) -> Cells:
    conditions = entry.conditions
    cells = {
        "kind": ENTRY,
        "id": entry.entry_id,
        "title": entry.title,
        "answer": entry.answer,
        "questions": faq_cells.joined(entry.questions),
        "unless": faq_cells.joined(entry.unless),
        "priority": str(entry.priority or ""),
        "human": "是" if entry.human else "",
        "add_tags": faq_cells.joined(entry.add_tags),
        "remove_tags": faq_cells.joined(entry.remove_tags),
        "valid_from": conditions.valid_from,
        "valid_until": conditions.valid_until,
        "hours_from": conditions.hours_from,
        "hours_until": conditions.hours_until,
        "only_tags": faq_cells.joined(conditions.only_tags),
        "not_tags": faq_cells.joined(conditions.not_tags),
    }
    for kind in ("exact", "contains", "prefix", "regex"):
        cells[kind] = faq_cells.joined(one.pattern for one in entry.keywords if one.kind == kind)
    return cells


def _answer(answer: Answer) -> Cells:
    match answer.kind:
        case "text":
            return {"kind": TEXT, "answer": answer.text}
        case "image":
            return {"kind": IMAGE, "image": answer.media_id}
        case _:
            return {
                "kind": ARTICLE,
                "title": answer.title,
                "answer": answer.description,
                "picture": answer.picture_url,
                "url": answer.url,
            }


def _check(cells: Cells) -> None:
    for name, text in cells.items():
        where = f"{cells['kind']} {cells.get('id', '')} 的 {heading(name)}"
        if faq_cells.UNSPEAKABLE.search(text):
            raise BadContent(f"{where} 里有表格不能保存的字符，请导出为 YAML")
        if len(text) > faq_cells.LONGEST:
            raise BadContent(f"{where} 超过一个格子能放的 {faq_cells.LONGEST:,} 个字，请导出为 YAML")
