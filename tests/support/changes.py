"""Random changes of the table, in the words of `chalicelib.store.table`."""

from hypothesis import strategies as st

from chalicelib.store.keys import Key
from chalicelib.store.table import Absent, Add, AtMost, Check, Delete, Equals, Patch, Put

A, B, C = Key("P", "A"), Key("P", "B"), Key("P", "C")
KEYS = st.sampled_from((A, B, C))
FIELDS = st.sampled_from(("n", "m"))
NUMBERS = st.integers(0, 3)
CONDITION = st.one_of(st.just(Absent()), st.builds(Equals, FIELDS, NUMBERS), st.builds(AtMost, FIELDS, NUMBERS))
CONDITIONS = st.lists(CONDITION, max_size=2).map(tuple)
ITEMS = st.dictionaries(FIELDS, NUMBERS)
CHANGES = st.one_of(
    st.builds(Put, KEYS, ITEMS, CONDITIONS),
    st.builds(Delete, KEYS, CONDITIONS),
    st.builds(Patch, KEYS, st.dictionaries(FIELDS, NUMBERS, min_size=1), CONDITIONS),
    st.builds(Add, KEYS, st.just("n"), st.integers(-2, 3), st.none() | NUMBERS, st.dictionaries(st.just("m"), NUMBERS)),
    st.builds(Check, KEYS, st.lists(CONDITION, min_size=1, max_size=2).map(tuple)),
)
WRITES = st.lists(CHANGES, min_size=1, max_size=3, unique_by=lambda change: change.key).filter(
    lambda changes: len(changes) > 1 or not isinstance(changes[0], Check)
)
"""Of different items; a check never stands alone."""
