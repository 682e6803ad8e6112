"""How long a parser is tried with what nobody would send."""

from hypothesis import settings

fuzzed = settings(max_examples=6 * settings.default.max_examples)  # type: ignore[union-attr]
"""Six times as many examples as the profile gives a rule of ours: an input has more ways to be odd."""
