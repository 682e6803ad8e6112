"""Which failures hold up one object, and which hold up all."""

import pytest

from countersign.problems import Problem, Unavailable
from countersign.reconciliation.failures import MOST_UNSERVED, Failures
from countersign.reconciliation.run import OutOfTime
from countersign.reconciliation.store import LeaseLost
from countersign.stripe_api.calls import StripeKeyRefused, StripeRefused


@pytest.mark.parametrize(
    "error", [OutOfTime(), LeaseLost(), StripeKeyRefused(), Unavailable("storage")]
)
def test_what_the_next_object_would_meet_too_holds_up_all(error: Exception) -> None:
    assert not Failures().is_of_one(error)


@pytest.mark.parametrize(
    "error", [Problem(409, "account_unreachable", "…"), StripeRefused(404, None), KeyError("user")]
)
def test_what_an_object_is_to_blame_for_holds_up_no_other_however_often(error: Exception) -> None:
    failures = Failures()
    assert all(failures.is_of_one(error) for _ in range(10))


def test_stripe_may_fail_to_serve_a_few_objects_in_a_row_and_no_more() -> None:
    failures, away = Failures(), Unavailable("stripe")
    for _ in range(3):
        assert all(failures.is_of_one(away) for _ in range(MOST_UNSERVED - 1))
        failures.note_success()
    assert all(failures.is_of_one(away) for _ in range(MOST_UNSERVED - 1))
    assert not failures.is_of_one(away)
