"""How elements become typed values."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.wechat.fields import LONGEST_NUMBER, read, text_of, xml

TREES = st.recursive(
    st.one_of(st.none(), st.text(), st.from_regex(r"-?[0-9]{1,40}(\.[0-9]{1,40})?(e[0-9]{1,4})?", fullmatch=True)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(("Name", "Size", "Weight", "Part", "Parts", "Box")), inner, max_size=4),
    ),
    max_leaves=12,
)


@dataclass(frozen=True, slots=True)
class Part:
    name: str = xml("Name")
    size: int = xml("Size")


@dataclass(frozen=True, slots=True)
class Whole:
    name: str = xml("Name")
    size: int = xml("Size")
    weight: float = xml("Weight")
    inner: str = xml("Name", inside="Box")
    parts: tuple[Part, ...] = xml("Part", inside="Parts")


NOTHING = Whole("", 0, 0.0, "", ())


def test_elements_become_the_fields_that_name_them() -> None:
    source = {
        "Name": "a",
        "Size": "1",
        "Weight": "2.5",
        "Box": {"Name": "b"},
        "Parts": {"Part": [{"Name": "c", "Size": "3"}, {"Name": "d"}]},
        "Other": "x",
    }

    assert read(Whole, source) == Whole("a", 1, 2.5, "b", (Part("c", 3), Part("d", 0)))


def test_what_is_missing_is_empty() -> None:
    assert read(Whole, {}) == NOTHING


@pytest.mark.parametrize("odd", [None, {"a": "b"}, ["x"], [{"a": "b"}]])
def test_what_has_another_shape_is_empty(odd: object) -> None:
    assert read(Whole, {"Name": odd, "Size": odd, "Weight": odd, "Box": odd, "Parts": odd}) == NOTHING


@pytest.mark.parametrize(
    ("listed", "parts"),
    [
        (None, ()),
        ("text", ()),
        ([None, "text", {"Name": "a"}], (Part("a", 0),)),
        ({"Name": "a"}, (Part("a", 0),)),
        ([{"Name": "a"}, {"Name": "b"}], (Part("a", 0), Part("b", 0))),
    ],
)
def test_one_element_several_and_none_are_all_a_tuple(listed: object, parts: tuple[Part, ...]) -> None:
    assert read(Whole, {"Parts": {"Part": listed}}).parts == parts


@pytest.mark.parametrize(
    ("text", "size", "weight"),
    [
        ("7", 7, 7.0),
        ("-7", -7, -7.0),
        (" 7 ", 7, 7.0),
        ("7.5", 0, 7.5),
        ("1e3", 0, 1000.0),
        ("nan", 0, 0.0),
        ("inf", 0, 0.0),
        ("1e999", 0, 0.0),
        ("", 0, 0.0),
        ("seven", 0, 0.0),
        ("9" * LONGEST_NUMBER, int("9" * LONGEST_NUMBER), 1e32),
        ("9" * (LONGEST_NUMBER + 1), 0, 0.0),
        ("9" * 100_000, 0, 0.0),
    ],
)
def test_a_number_is_finite_and_of_bounded_length_or_zero(text: str, size: int, weight: float) -> None:
    found = read(Whole, {"Size": text, "Weight": text})

    assert (found.size, found.weight) == (size, weight)


@given(st.dictionaries(st.sampled_from(("Name", "Size", "Weight", "Box", "Parts")), TREES))
def test_no_document_stops_the_reader(source: dict[str, object]) -> None:
    found = read(Whole, source)

    assert isinstance(found.size, int)
    assert abs(found.weight) < float("inf")
    assert all(isinstance(part, Part) for part in found.parts)


def test_only_a_text_has_a_text() -> None:
    assert [text_of(found) for found in ("a", "", None, {"#text": "a"}, ["a"])] == ["a", "", "", "", ""]
