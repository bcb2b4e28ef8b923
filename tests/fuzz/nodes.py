"""XML as trees: those that WeChat sends, what is in them, and how they are written down, plainly or oddly."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

SENT = Path(__file__).parents[1] / "inbound"
AROUND = (
    "", "", "", "<!-- x -->", "<?x y?>", "\n  ", "<!--<![CDATA[-->", "stray", "&#10;", "<![CDATA[]]>",
    '<?xml version="1.0"?>', "<!DOCTYPE xml>",
)  # fmt: skip
"""What may stand between elements, or must not."""


@dataclass
class Node:
    """An element: a text, or elements."""

    tag: str
    text: str = ""
    children: list["Node"] = field(default_factory=list)
    attributes: str = ""


@cache
def sent() -> tuple[Node, ...]:
    return tuple(_node(ET.fromstring(path.read_bytes())) for path in sorted(SENT.glob("*.xml")))


def _node(element: ET.Element) -> Node:
    return Node(element.tag, (element.text or "").strip(), [_node(child) for child in element])


def copied(node: Node) -> Node:
    return Node(node.tag, node.text, [copied(child) for child in node.children], node.attributes)


def all_of(root: Node) -> list[Node]:
    return [root, *(inner for child in root.children for inner in all_of(child))]


def any_of(random: Random, root: Node) -> Node:
    return random.choice(all_of(root)[1:] or [root])


def parent_of(random: Random, root: Node) -> Node:
    return random.choice([node for node in all_of(root) if node.children] or [root])


def written(random: Random, root: Node) -> str:
    if random.random() < 0.6:
        return in_cdata(root)
    write = random.choice((in_cdata, _escaped, _bare))
    between = random.choice(AROUND)
    inside = between.join(write(child) for child in root.children)
    head = random.choice(AROUND) if random.random() < 0.1 else ""
    return f"{head}<{root.tag}{root.attributes}>{between}{inside}</{root.tag}>"


def in_cdata(node: Node) -> str:
    return _element(node, lambda text: f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>" if text else "")


def _escaped(node: Node) -> str:
    return _element(node, escape)


def _bare(node: Node) -> str:
    return _element(node, str)


def _element(node: Node, written: Callable[[str], str]) -> str:
    children = [_element(child, written) for child in node.children]
    return f"<{node.tag}{node.attributes}>{written(node.text)}{''.join(children)}</{node.tag}>"
