"""What a browser's own key is worth: trusted, new or absent, and never trusted by confirming alone."""

from functools import partial

import pytest
from msgspec.structs import replace

from countersign.problems import Problem
from countersign.spc import credentials
from countersign.spc.context import Context
from countersign.spc.credential_record import MOST_PENDING
from tests.support.authenticator import ES256, RS256, Passkey, b64
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.spc_people import (
    HOME,
    OTHER,
    USER,
    answered,
    approved,
    asked,
    bound_browser,
    browsers_of,
    ceremony_of,
    confirmed,
    earned,
    identified,
    plain_browser,
    registered,
    stored,
    verdict_of,
)
from tests.support.threads import at_once
from tests.support.visits import refusal


def lenient(context: Context) -> Context:
    """A deployment that accepts new browsers."""
    return replace(context, settings=replace(context.settings, spc_accepts_new_browsers=True))


@pytest.mark.parametrize("algorithm", [ES256, RS256])
def test_a_new_browser_is_kept_as_pending_and_is_never_trusted_by_confirming_alone(
    spc: Context, algorithm: int
) -> None:
    passkey = registered(spc)
    for _ in range(3):
        question = asked(spc)
        body = approved(question, passkey, bound_browser(algorithm=algorithm))
        result = answered(spc, question, body)
        assert (result.browser_bound, result.step_up_required) == ("new", True)
        view = verdict_of(spc, question)
        assert (view.browser_bound, view.step_up_required) == ("new", True)
        confirmed(lenient(spc), passkey, bound_browser(algorithm=algorithm))
        assert browsers_of(spc, passkey) == ["pending"]


def test_a_trusted_browser_is_known_and_one_that_shows_no_key_is_not(spc: Context) -> None:
    passkey = identified(spc, browser=bound_browser(HOME))
    known = confirmed(spc, passkey, bound_browser())
    assert (known.browser_bound, known.step_up_required) == ("trusted", False)
    silent = confirmed(spc, passkey, plain_browser())
    assert (silent.browser_bound, silent.step_up_required) == ("absent", True)
    other = confirmed(spc, passkey, bound_browser(name="other"))
    assert (other.browser_bound, other.step_up_required) == ("new", True)
    assert browsers_of(spc, passkey) == ["pending", "trusted"]


def test_a_deployment_may_accept_new_browsers_and_still_tells_them_apart(spc: Context) -> None:
    passkey = identified(spc, browser=bound_browser(HOME))
    for browser, expected in (
        (bound_browser(), "trusted"), (plain_browser(), "absent"), (bound_browser(name="x"), "new"),
    ):  # fmt: skip
        result = confirmed(lenient(spc), passkey, browser)
        assert (result.browser_bound, result.step_up_required) == (expected, False)
    assert browsers_of(spc, passkey) == ["pending", "trusted"]


def test_only_so_many_browsers_wait_for_approval(spc: Context) -> None:
    passkey = identified(spc, browser=bound_browser(HOME))
    for number in range(MOST_PENDING + 3):
        result = confirmed(spc, passkey, bound_browser(name=f"phone {number}"))
        assert (result.browser_bound, result.step_up_required) == ("new", True)
    assert browsers_of(spc, passkey) == ["pending"] * MOST_PENDING + ["trusted"]
    assert confirmed(spc, passkey, bound_browser()).browser_bound == "trusted"
    assert earned(spc, passkey, bound_browser(name="phone 0"))
    confirmed(spc, passkey, bound_browser(name="phone 9"))
    assert browsers_of(spc, passkey) == ["pending"] * MOST_PENDING + ["trusted"] * 2


@pytest.mark.exhaustive  # threads
def test_no_more_browsers_wait_for_approval_when_they_come_at_once(spc: Context) -> None:
    """With a synced passkey, whose counter stands still: every answer is genuine."""
    for _ in range(8):
        passkey = registered(spc, counts=False)
        for number in range(MOST_PENDING - 1):
            confirmed(spc, passkey, bound_browser(name=f"phone {number}"))
        calls = []
        for number in range(3):
            question = asked(spc)
            body = approved(question, passkey, bound_browser(name=f"at once {number}"))
            calls.append(partial(answered, spc, question, body))
        assert [each.browser_bound for each in at_once(calls)] == ["new"] * 3
        assert browsers_of(spc, passkey) == ["pending"] * MOST_PENDING
        credentials.remove(spc.table, USER, b64(passkey.id))


@pytest.mark.parametrize("owner", [USER, OTHER])
def test_a_browsers_key_that_is_bound_to_another_credential_is_refused(
    spc: Context, owner: str
) -> None:
    other = identified(spc, owner, browser=bound_browser(HOME))
    passkey = registered(spc)
    question, before = asked(spc), stored(spc, passkey)
    body = approved(question, passkey, bound_browser())
    assert refusal(answered, spc, question, body).code == "invalid_browser_bound_key"
    assert stored(spc, passkey) == before
    assert verdict_of(spc, question).status == "pending"
    assert ceremony_of(spc, question).tries == 1
    assert confirmed(spc, other, bound_browser(), owner).browser_bound == "trusted"


def full(context: Context, user: str = USER) -> Passkey:
    """A credential for which so many browsers wait that no other is kept."""
    passkey = registered(context, user)
    for number in range(MOST_PENDING):
        confirmed(context, passkey, bound_browser(name=f"phone {number}"), user)
    return passkey


def test_a_key_that_is_not_kept_is_bound_to_nothing(spc: Context, quick: QuickDynamoDB) -> None:
    passkey = full(spc)
    before = [pk for pk in quick.rows if pk.startswith("browser-key#")]
    assert confirmed(spc, passkey, bound_browser(name="one too many")).browser_bound == "new"
    assert [pk for pk in quick.rows if pk.startswith("browser-key#")] == before
    other = registered(spc)
    assert confirmed(spc, other, bound_browser(name="one too many")).browser_bound == "new"


def test_a_key_of_another_credential_is_refused_though_it_would_not_be_kept(spc: Context) -> None:
    registered(spc, OTHER, browser=bound_browser(HOME, "theirs"))
    passkey = full(spc)
    question = asked(spc)
    body = approved(question, passkey, bound_browser(name="theirs"))
    assert refusal(answered, spc, question, body).code == "invalid_browser_bound_key"


def test_a_new_browser_used_with_two_credentials_at_once_is_bound_to_one(spc: Context) -> None:
    for number in range(4):
        browser = bound_browser(name=f"shared {number}")
        calls = []
        for user in (f"a{number}", f"b{number}"):
            passkey = registered(spc, user)
            question = asked(spc, user)
            calls.append(partial(answered, spc, question, approved(question, passkey, browser)))
        results = at_once(calls)
        codes = [each.code for each in results if isinstance(each, Problem)]
        assert codes == ["invalid_browser_bound_key"]
