"""Values as DynamoDB's wire writes them: what boto3 makes of them, and back."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.store.attributes import deserialize, from_dynamo, serialize, to_dynamo

NUMBERS = st.integers(min_value=-(10**37), max_value=10**37)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.text(), NUMBERS, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)),
    max_leaves=10,
)


@given(st.dictionaries(st.text(min_size=1), st.one_of(VALUES, st.binary())))
def test_what_was_written_is_read_back(item: dict[str, Any]) -> None:
    assert from_dynamo(to_dynamo(item)) == item


@given(VALUES)
def test_boto3_writes_and_reads_the_same(value: Any) -> None:
    written = serialize(value)

    assert written == TypeSerializer().serialize(value)
    assert TypeDeserializer().deserialize(written) == value


def test_bytes_are_bytes_and_a_yes_is_no_number() -> None:
    assert [serialize(value) for value in (b"x", True, 1)] == [{"B": b"x"}, {"BOOL": True}, {"N": "1"}]
    assert [deserialize(typed) for typed in ({"B": b"x"}, {"BOOL": True}, {"N": "1"})] == [b"x", True, 1]


def test_a_tuple_is_a_list() -> None:
    assert serialize(("a", 1)) == {"L": [{"S": "a"}, {"N": "1"}]}


@pytest.mark.parametrize("value", [1.5, Decimal(1), {"a"}, object(), [1.5], {"x": {"y": 1.5}}])
def test_what_the_table_does_not_hold_is_refused_before_it_is_written(value: object) -> None:
    with pytest.raises(TypeError, match="the table holds no"):
        to_dynamo({"field": value})


def test_a_fraction_or_a_set_in_the_table_is_an_error_not_a_guess() -> None:
    with pytest.raises(ValueError, match=r"1\.5"):
        deserialize({"N": "1.5"})
    with pytest.raises(KeyError):
        deserialize({"SS": ["a"]})
