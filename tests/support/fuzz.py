"""What nobody would send to a parser, and how long one is tried with it."""

from hypothesis import settings
from hypothesis import strategies as st

fuzzed = settings(max_examples=6 * settings.default.max_examples)  # type: ignore[union-attr]
"""Six times as many examples as the profile gives a rule of ours: an input has more ways to be odd."""

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)  # fmt: skip
"""Any JSON, at any depth."""
