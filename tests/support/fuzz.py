"""What nobody would send to a parser, and how long one is tried with it."""

from hypothesis import settings
from hypothesis import strategies as st

QUICK = 5
"""The examples that the profile of `make check` gives a rule."""


def more(times: int) -> settings:
    """So many times the examples that the profile gives a rule; in the quick loop just as many."""
    plain = settings().max_examples
    return settings(max_examples=plain if plain <= QUICK else times * plain)


def few(part: int) -> settings:
    """A part of the examples, where each takes long; in the quick loop one."""
    plain = settings().max_examples
    return settings(max_examples=1 if plain <= QUICK else plain // part)


fuzzed = more(6)
"""An input has more ways to be odd than a rule of ours."""

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)  # fmt: skip
"""Any JSON, at any depth."""
