"""A reactivation policy as an operator writes it: one YAML file. Every complaint names the line and the field.

Its form is `reactivation.schema.json`, which editors read too; what it may say is `reactivation/policy_checks.py`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from chalicelib.errors import BadContent
from chalicelib.store.policy import Audience, Backlog, Limits, Policy, Rung, Step
from infra.faq_file import NULL, composed

Place: TypeAlias = tuple[str | int, ...]
SCHEMA = Path(__file__).with_name("reactivation.schema.json")
MOST_BYTES = 100_000
MOST_TOLD = 20
NUMBER = re.compile(r"0|-?[1-9][0-9]{0,17}")
"""As YAML and we understand a whole number alike; `12:00` and `2026-03-01` stay as they are written."""
WIDTH = 1_000_000
"""Lines are not folded."""
OF_THE_TABLE = ("account", "enabled", "enabled_on", "retired", "version")
"""What a file does not say."""
KINDS = {"object": "“名称: 内容”", "array": "一个列表", "string": "文字", "integer": "整数"}


def read(path: Path, account: str) -> Policy:
    """The policy of a file, as new. Raises BadContent."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadContent(f"文件超过 {MOST_BYTES // 1_000} KB：{path}")
        return parse(path.read_text(encoding="utf-8-sig"), account)
    except OSError as error:
        raise BadContent(f"读不到文件 {path}：{error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadContent(f"文件不是 UTF-8 编码：{path}") from error


def parse(text: str, account: str) -> Policy:
    """The policy of a YAML text. Raises BadContent."""
    lines: dict[Place, int] = {}
    top = composed(text)
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
        raise BadContent("不能用 & 和 * 引用别处的内容")
    given = _value(top, (), lines)
    if found := list(_complaints(given, lines)):
        raise BadContent("\n".join(found[:MOST_TOLD]))
    return _policy(given, account)


def write(policy: Policy) -> str:
    """As `parse` reads it: only what differs from the usual."""
    said = {"name": policy.name, "rungs": [_written(rung) for rung in policy.rungs]}
    parts = {name: part for name, part in asdict(policy).items() if name not in (*said, *OF_THE_TABLE)}
    usual = asdict(Policy("", "", ()))
    said |= {name: _changed(part, usual[name]) for name, part in parts.items() if part != usual[name]}
    return yaml.safe_dump(_lists(said), allow_unicode=True, sort_keys=False, width=WIDTH)


def _value(node: Node, place: Place, lines: dict[Place, int]) -> Any:
    """What the node says; where each part stands goes into `lines`."""
    lines[place] = node.start_mark.line + 1
    if isinstance(node, MappingNode):
        return _mapping(node, place, lines)
    if isinstance(node, SequenceNode):
        return [_value(one, (*place, number), lines) for number, one in enumerate(node.value)]
    text = "" if node.tag == NULL else str(node.value).strip()
    is_plain = isinstance(node, ScalarNode) and node.style is None
    return int(text) if is_plain and NUMBER.fullmatch(text) else text


def _mapping(node: MappingNode, place: Place, lines: dict[Place, int]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for key, value in node.value:
        name = str(key.value) if isinstance(key, ScalarNode) else "名称"
        if name in said:
            raise BadContent(f"第 {key.start_mark.line + 1} 行：{name} 写了两次")
        said[name] = _value(value, (*place, name), lines)
    return said


def _complaints(given: Any, lines: Mapping[Place, int]) -> Iterator[str]:
    found = [(_line(error, lines), _in_words(error)) for error in _validator().iter_errors(given)]
    for line, words in sorted(found):
        yield f"第 {line} 行：{words}"


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _line(error: ValidationError, lines: Mapping[Place, int]) -> int:
    place = tuple(error.absolute_path)
    strange = _strange(error) if error.validator == "additionalProperties" else []
    return min((lines[*place, name] for name in strange), default=lines[place])


def _strange(error: ValidationError) -> list[str]:
    return [name for name in error.instance if name not in error.schema["properties"]]


def _in_words(error: ValidationError) -> str:
    name = next((f"{part} " for part in reversed(error.absolute_path) if isinstance(part, str)), "这里")
    wanted: Any = error.validator_value
    match error.validator:
        case "additionalProperties":
            return f"不认识的 {'、'.join(_strange(error))}，可用的名称有 {'、'.join(error.schema['properties'])}"
        case "required":
            return f"缺少 {'、'.join(one for one in wanted if one not in error.instance)}"
        case "enum":
            return f"{name}只能是 {'、'.join(wanted)}"
        case "minItems":
            return f"{name}不能是空的"
        case _:
            kinds = [wanted] if isinstance(wanted, str) else wanted
            return f"{name}应当是{'或'.join(KINDS[kind] for kind in kinds)}"


def _policy(given: Mapping[str, Any], account: str) -> Policy:
    said = dict(given)
    audience: dict[str, Any] = dict(said.pop("audience", {}))
    audience |= {name: tuple(part) for name, part in audience.items() if isinstance(part, list)}
    return Policy(
        account,
        said.pop("name"),
        tuple(_rung(rung) for rung in said.pop("rungs")),
        audience=Audience(**audience),
        limits=Limits(**said.pop("limits", {})),
        backlog=Backlog(**said.pop("backlog", {})),
        **said,
    )


def _rung(given: Mapping[str, Any]) -> Rung:
    return Rung(tuple(map(_step, given["steps"])), given.get("days", 0), given.get("hours", 0))


def _step(given: Mapping[str, Any]) -> Step:
    said = dict(given)
    data = {key: str(value) for key, value in said.pop("data", {}).items()}
    return Step(content_class=said.pop("class"), data=data, **said)


def _written(rung: Rung) -> dict[str, Any]:
    steps = []
    for step in rung.steps:
        plain = asdict(step)
        said = {"channel": plain.pop("channel"), "class": plain.pop("content_class")}
        steps.append(said | {name: part for name, part in plain.items() if part})
    return {name: days for name, days in (("days", rung.days), ("hours", rung.hours)) if days} | {"steps": steps}


def _changed(part: Any, usual: Any) -> Any:
    return {name: one for name, one in part.items() if one != usual[name]} if isinstance(part, dict) else part


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _lists(one) for name, one in value.items()}
    return [_lists(one) for one in value] if isinstance(value, list | tuple) else value
