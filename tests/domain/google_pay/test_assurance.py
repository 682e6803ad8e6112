"""Only a boolean says something about the cardholder; any other value says nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from countersign.google_pay.assurance import Assurance
from tests.support.google_pay import Recipient, with_details, without_dots

OURS = Recipient()
NO_FLAGS: list[Any] = ["true", "false", "", 1, 0, 1.0, None, [], {}, [True], {"value": True}]


def told(details: Any) -> Assurance | None:
    return OURS.open(OURS.seal(with_details(assuranceDetails=details))).card.assurance


FLAGS: list[tuple[str, Callable[[Assurance], bool | None]]] = [
    ("accountVerified", lambda assurance: assurance.account_verified),
    ("cardHolderAuthenticated", lambda assurance: assurance.card_holder_authenticated),
]


def assured(details: Any) -> Assurance:
    found = told(details)
    assert found is not None
    return found


@pytest.mark.parametrize(("name", "flag"), FLAGS, ids=lambda given: given if isinstance(given, str) else "")  # fmt: skip
def test_a_flag_that_is_not_a_boolean_says_nothing_and_leaves_the_other_as_it_is(
    name: str, flag: Callable[[Assurance], bool | None]
) -> None:
    both = {"accountVerified": True, "cardHolderAuthenticated": True}
    for value in (*NO_FLAGS, ...):
        found = assured(without_dots(both | {name: value}))
        assert flag(found) is None
        assert {found.account_verified, found.card_holder_authenticated} == {None, True}
        assert not found.is_full


@pytest.mark.parametrize("verified", [True, False])
@pytest.mark.parametrize("authenticated", [True, False])
def test_flags_are_read_as_they_are(verified: bool, authenticated: bool) -> None:
    found = assured({"accountVerified": verified, "cardHolderAuthenticated": authenticated})
    assert found == Assurance(verified, authenticated)
    assert found.is_full == (verified and authenticated)


@pytest.mark.parametrize("details", [None, ...])
def test_without_assurance_details_there_is_none(details: Any) -> None:
    assert told(details) is None


@pytest.mark.parametrize("details", [
    {}, {"accountverified": True, "cardholderAuthenticated": True}, {"x": {}}, "true", True, 1, [], [True, True], "", 0,
])  # fmt: skip
def test_assurance_without_the_two_flags_states_neither(details: Any) -> None:
    assert assured(details) == Assurance(None, None)
