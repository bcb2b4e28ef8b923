"""The stack's template, read by those who send it, draw it and try it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path(__file__).parent / "stack.yaml"


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short functions: `!Sub x` reads as `{"Fn::Sub": "x"}`."""


def _function(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    given = _given(loader, node)
    if name == "GetAtt" and isinstance(given, str):
        given = given.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": given}


def _given(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(yaml.ScalarNode(node.tag, node.value))


_Loader.add_multi_constructor("!", _function)


def load() -> dict[str, Any]:
    """The template with its functions by their long names."""
    read: dict[str, Any] = yaml.load(TEMPLATE.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    return read


def dense(read: dict[str, Any]) -> str:
    """As JSON without a needless character: CloudFormation takes 51,200 bytes in a request, and no more."""
    dashboard = read["Resources"]["Dashboard"]["Properties"]
    dashboard["DashboardBody"] = {"Fn::Sub": _json(json.loads(dashboard["DashboardBody"]["Fn::Sub"]))}
    return _json(read)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def resources(kind: str = "") -> Mapping[str, Mapping[str, Any]]:
    """Every resource of this type by its logical name, as written."""
    return {name: made for name, made in load()["Resources"].items() if kind in ("", made["Type"])}


def named(value: Any, **known: str) -> str:
    """A text in which only plain names stand open: `!Sub huiyuan-${Stage}`, `!Ref Stage`, or no function at all."""
    if not isinstance(value, Mapping):
        return str(value)
    if "Ref" in value:
        return known[value["Ref"]]
    text = str(value["Fn::Sub"])
    for name, meant in known.items():
        text = text.replace("${" + name + "}", meant)
    return text
