"""A user is a subject of an issuer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.crypto.users import issuer_mark_of, qualify, subject_of, user_with_mark

SUBJECTS = st.text(st.characters(min_codepoint=1, max_codepoint=126), min_size=1, max_size=255)


@given(st.text(), SUBJECTS)
def test_a_user_is_its_issuer_and_its_subject(issuer: str, subject: str) -> None:
    user = qualify(issuer, subject)
    assert subject_of(user) == subject
    assert user_with_mark(issuer_mark_of(user), subject_of(user)) == user


@given(st.tuples(st.text(), SUBJECTS), st.tuples(st.text(), SUBJECTS))
def test_two_users_have_two_names(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (qualify(*one) == qualify(*other)) == (one == other)


@pytest.mark.parametrize(
    "mark", [None, "", "a", "a" * 17, "A" * 16, f"{'a' * 15}#", f"{'a' * 16}\n"]
)
def test_what_is_no_mark_of_an_issuer_names_nobody(mark: str | None) -> None:
    assert user_with_mark(mark, "user_1") is None
    assert user_with_mark("a" * 16, None) is user_with_mark("a" * 16, "") is None
