"""An FAQ as the YAML draft that operators keep and `faq publish` takes: only what differs from the usual."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

import yaml

from chalicelib.store.faq_entry import Answer, FaqEntry
from chalicelib.store.release import Channel, Release
from infra.faq_file import KINDS

HEAD = "# 检查：python -m infra.ops faq check 这个文件\n"
WIDTH = 1_000_000
"""Lines are not folded."""
ODD_BREAKS = "\x85\u2028\u2029"
"""Line breaks to YAML, which would not come back as they were."""


def write(path: Path, release: Release) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(HEAD)
        _dump(file, _general(release))
        file.write("entries:\n" if release.entries else "entries: []\n")
        for entry in release.entries:
            file.write("\n")
            _dump(file, [_entry(entry)])


def _general(release: Release) -> Mapping[str, Any]:
    return _filled(
        welcome=release.welcome,
        service={"from": release.service_from, "until": release.service_until},
        words=dict(release.words),
        feedback=release.feedback,
        channels=[_channel(channel) for channel in release.channels],
    )


def _channel(channel: Channel) -> Mapping[str, Any]:
    return {"scene": channel.scene, "name": channel.name, **_filled(welcome=channel.welcome)}


def _entry(entry: FaqEntry) -> Mapping[str, Any]:
    conditions = entry.conditions
    hours = {"from": conditions.hours_from, "until": conditions.hours_until} if conditions.hours_from else {}
    keywords = {kind: [one.pattern for one in entry.keywords if one.kind == kind] for kind in KINDS}
    return {"id": entry.entry_id, "title": entry.title} | _filled(
        answer=entry.answer,
        questions=list(entry.questions),
        **keywords,
        unless=list(entry.unless),
        answers=[_answer(answer) for answer in entry.answers],
        priority=entry.priority,
        human=entry.human,
        add_tags=list(entry.add_tags),
        remove_tags=list(entry.remove_tags),
        valid_from=conditions.valid_from,
        valid_until=conditions.valid_until,
        hours=hours,
        only_tags=list(conditions.only_tags),
        not_tags=list(conditions.not_tags),
    )


def _answer(answer: Answer) -> Any:
    channel = _filled(channel=answer.channel)
    match answer.kind:
        case "text":
            return {"text": answer.text, **channel} if channel else answer.text
        case "image":
            return {"image": answer.media_id, **channel}
        case _:
            more = _filled(description=answer.description, picture=answer.picture_url)
            return {"article": {"title": answer.title, "url": answer.url, **more}, **channel}


def _filled(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, short lists on one line."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    if any(odd in text for odd in ODD_BREAKS):
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _list(dumper: yaml.SafeDumper, items: Iterable[Any]) -> yaml.SequenceNode:
    short = all(isinstance(item, str) and "\n" not in item for item in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=short)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)


def _dump(file: TextIO, part: Any) -> None:
    yaml.dump(part, file, Dumper=_Dumper, allow_unicode=True, width=WIDTH, sort_keys=False)
