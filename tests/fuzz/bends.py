"""What can be wrong with a message or an event while it is still XML."""

from collections.abc import Callable
from random import Random

from tests.fuzz import texts
from tests.fuzz.nodes import Node, all_of, any_of, copied, parent_of, sent

MOST_NODES = 5_000
"""Elements of a tree that is bent no further."""
Bend = Callable[[Random, Node], None]


def _say(random: Random, root: Node) -> None:
    node = any_of(random, root)
    node.text, node.children = texts.text(random), []


def _rekind(random: Random, root: Node) -> None:
    """Fields of one kind under the name of another."""
    donor = {node.tag: node.text for node in random.choice(sent()).children}
    for node in root.children:
        if node.tag in ("MsgType", "Event") and node.tag in donor:
            node.text = donor[node.tag]


def _graft(random: Random, root: Node) -> None:
    parent_of(random, root).children.append(copied(any_of(random, random.choice(sent()))))


def _double(random: Random, root: Node) -> None:
    parent = parent_of(random, root)
    if parent.children:
        child = random.choice(parent.children)
        parent.children += [child] * min(texts.many(random, 12), MOST_NODES // len(all_of(child)))


def _drop(random: Random, root: Node) -> None:
    parent = parent_of(random, root)
    if parent.children:
        parent.children.remove(random.choice(parent.children))


def _nest(random: Random, root: Node) -> None:
    node = any_of(random, root)
    for _ in range(texts.many(random, 8)):
        node.children, node.text = [Node(random.choice(("a", node.tag, "List")), node.text, node.children)], ""


def _rename(random: Random, root: Node) -> None:
    any_of(random, root).tag = random.choice(
        (any_of(random, random.choice(sent())).tag, "#text", "@a", "a:b", "xml", "名", "A" * 300)
    )


def _swap(random: Random, root: Node) -> None:
    one, other = any_of(random, root), any_of(random, root)
    one.text, other.text = other.text, one.text


def _attribute(random: Random, root: Node) -> None:
    many = " ".join(f'a{n}="{n}"' for n in range(texts.many(random, 12)))
    any_of(random, root).attributes = random.choice(
        (' a="b"', ' xmlns="u"', ' xmlns:p="u"', ' a="1" a="2"', " a=1", f" {many}")
    )


def _shuffle(random: Random, root: Node) -> None:
    random.shuffle(parent_of(random, root).children)


def _templates(random: Random, root: Node) -> None:
    """A long list of choices or results, as no popup has."""
    fields = ("TemplateId", "SubscribeStatusString", "ErrorCode", "MsgID")
    for _ in range(texts.many(random, 9)):
        item = [
            Node(tag, random.choice(("accept", "0", f"t{random.getrandbits(40)}", texts.text(random))))
            for tag in fields
        ]
        parent_of(random, root).children.append(Node("List", children=item))


BENDS: tuple[Bend, ...] = (
    _say, _say, _say, _say, _rekind, _rekind, _graft, _double, _drop, _nest, _rename, _swap, _attribute, _shuffle,
    _templates,
)  # fmt: skip


def bend(random: Random, root: Node) -> None:
    """Do one of them, unless the tree is huge already."""
    if len(all_of(root)) < MOST_NODES:
        random.choice(BENDS)(random, root)
