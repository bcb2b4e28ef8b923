"""XML as nested texts: the same as xmltodict makes of it, and within bounds."""

from typing import Any

import pytest
import xmltodict
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.errors import Refused
from chalicelib.wechat.tree import DEPTH, ELEMENTS, tree
from tests.unit.wechat import kept

NAMES = st.sampled_from(("A", "B", "item", "List", "FromUserName"))
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=20)
TREES = st.recursive(
    TEXTS,
    lambda inner: st.dictionaries(NAMES, st.one_of(inner, st.lists(inner, min_size=1, max_size=3)), max_size=4),
    max_leaves=15,
)


def by_xmltodict(xml: bytes) -> Any:
    return xmltodict.parse(xml)["xml"]


@pytest.mark.parametrize("name", kept.NAMES)
def test_a_delivery_is_read_as_xmltodict_reads_it(name: str) -> None:
    xml = kept.xml_of(name)

    assert tree(xml) == by_xmltodict(xml)


@given(st.dictionaries(NAMES, TREES, min_size=1))
def test_any_nesting_is_read_as_xmltodict_reads_it(fields: dict[str, Any]) -> None:
    xml = xmltodict.unparse({"xml": fields}, full_document=False).encode()
    expected = by_xmltodict(xml)
    assume(isinstance(expected, dict) and depth(expected) < DEPTH)

    assert tree(xml) == expected


def depth(node: Any) -> int:
    """How many elements stand inside one another."""
    if isinstance(node, dict):
        return 1 + max(map(depth, node.values()))
    return max(map(depth, node)) if isinstance(node, list) else 0


@pytest.mark.parametrize(
    ("inside", "read"),
    [
        ("<A>  a b \n</A>", {"A": "a b"}),
        ("<A/><B> </B>", {"A": None, "B": None}),
        ("<A>1</A><A/><A>3</A>", {"A": ["1", None, "3"]}),
        ("<A>x<!-- c -->y<?p i?>z</A>", {"A": "xyz"}),
        ("<A>x<![CDATA[<y>]]>z &lt; &#20320;</A>", {"A": "x<y>z < 你"}),
        ("<A>lost<B>b</B>lost</A>", {"A": {"B": "b"}}),
        ("<A><B><item>1</item><item>2</item></B></A>", {"A": {"B": {"item": ["1", "2"]}}}),
    ],
)
def test_texts_elements_and_lists_are_told_apart(inside: str, read: dict[str, Any]) -> None:
    assert tree(f"<xml>{inside}</xml>".encode()) == read


@pytest.mark.parametrize("attribute", ['a="b"', 'xmlns="urn:x"'])
def test_an_element_with_an_attribute_is_no_text(attribute: str) -> None:
    assert isinstance(tree(f"<xml><A {attribute}>text</A></xml>".encode())["A"], dict)


def test_the_bounds_are_reached_and_not_passed() -> None:
    widest = b"<xml>" + b"<a/>" * (ELEMENTS - 1) + b"</xml>"
    deepest = b"<xml>" + b"<a>" * (DEPTH - 1) + b"</a>" * (DEPTH - 1) + b"</xml>"

    assert len(tree(widest)["a"]) == ELEMENTS - 1
    assert list(tree(deepest)) == ["a"]
    deeper = deepest.replace(b"<xml>", b"<xml><a>").replace(b"</xml>", b"</a></xml>")
    for beyond in (widest.replace(b"</xml>", b"<a/></xml>"), deeper):
        with pytest.raises(Refused, match=r"^xml\.unsafe$"):
            tree(beyond)
