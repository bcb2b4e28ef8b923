"""One more example question for an entry of a YAML draft: a line is added, the rest stays as the operator wrote it."""

import json
from dataclasses import replace

import yaml
from yaml.nodes import Node, SequenceNode

from chalicelib.errors import BadContent
from chalicelib.faq import publishing
from chalicelib.faq.engine import exact_texts, normalise
from chalicelib.store.release import Release
from infra import faq_file


def learnt(release: Release, entry_id: str, question: str) -> Release:
    """The release whose entry has the question, too. Raises BadContent where it has it, or must not have it."""
    entry = release.find(entry_id)
    if entry is None:
        raise BadContent(f"没有条目 {entry_id}")
    if normalise(question) in exact_texts(entry):
        raise BadContent(f"条目 {entry_id} 已经有“{question}”")
    taught = replace(entry, questions=(*entry.questions, question))
    after = replace(release, entries=tuple(taught if one is entry else one for one in release.entries))
    if fresh := set(publishing.check(after)) - set(publishing.check(release)):
        raise BadContent("\n".join(map(str, fresh)))
    return after


def with_question(text: str, entry_id: str, question: str) -> str:
    """The text of a draft with the question. Raises BadContent also where we do not find a place for it."""
    expected = learnt(faq_file.parse(text), entry_id, question)
    changed = _inserted(text, entry_id, json.dumps(question, ensure_ascii=False))
    try:
        found = faq_file.parse(changed)
    except BadContent:
        found = None
    if found != expected:
        raise BadContent(f"这个条目的写法放不进新的问法，请自己在 questions 里加一行：{question}")
    return changed


def _inserted(text: str, entry_id: str, quoted: str) -> str:
    fields = _fields_of(text, entry_id)
    questions, title = fields.get("questions"), fields["title"]
    match questions:
        case SequenceNode(flow_style=True, value=[]):
            return _at(text, questions.start_mark.index + 1, quoted)
        case SequenceNode(flow_style=True, value=[*_, last]):
            return _at(text, last.end_mark.index, f", {quoted}")
        case SequenceNode(value=[*_, last]):
            return _below(text, last, f"{' ' * questions.start_mark.column}- {quoted}")
        case _:
            return _below(text, title, f"{' ' * fields['id'].start_mark.column}questions: [{quoted}]")


def _at(text: str, index: int, more: str) -> str:
    return text[:index] + more + text[index:]


def _below(text: str, node: Node, line: str) -> str:
    """On a line of its own, after whatever remark stands behind the node."""
    end = text.find("\n", node.end_mark.index)
    return _at(text, len(text) if end < 0 else end, f"\n{line}")


def _fields_of(text: str, entry_id: str) -> dict[str, Node]:
    """The fields of the entry, which is there. Its id stands for its key: where that begins, the others do, too."""
    top = yaml.compose(text, Loader=yaml.SafeLoader)
    (entries,) = (value for key, value in (top.value if top else ()) if key.value == "entries")
    (entry,) = (one for one in entries.value if _id_of(one) == entry_id)
    keys = {key.value: key for key, _ in entry.value}
    return {key.value: value for key, value in entry.value} | {"id": keys["id"]}


def _id_of(entry: Node) -> str:
    return next(str(value.value).strip() for key, value in entry.value if key.value == "id")
