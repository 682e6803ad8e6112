"""Answers at the same moment, overtaken or cut short: one success, and all of it or nothing."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from countersign.problems import Problem
from countersign.spc import credentials
from countersign.spc.context import Context
from countersign.spc.payment_ceremony import Confirmation
from countersign.spc.trust import earn
from tests.support.authenticator import b64
from tests.support.chromium import Json
from tests.support.clock import Clock
from tests.support.crashes import Fuse, every_crash, fused
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.races import overtaken
from tests.support.spc_people import (
    CARD_SCOPE,
    OTHER,
    OTHER_MERCHANT,
    USER,
    WRONG_TOTAL,
    answered,
    approved,
    asked,
    bound_browser,
    browsers_of,
    ceremony_of,
    confirmed,
    plain_browser,
    registered,
    stored,
    verdict_of,
    wrongly,
)
from tests.support.threads import at_once
from tests.support.visits import refusal


def test_two_answers_at_once_are_one_success(spc: Context) -> None:
    passkey = registered(spc)
    for _ in range(6):
        question = asked(spc)
        body = approved(question, passkey, bound_browser())
        results = at_once([partial(answered, spc, question, body)] * 4)
        assert len([each for each in results if isinstance(each, Confirmation)]) == 1
        codes = {each.code for each in results if isinstance(each, Problem)}
        assert codes <= {"ceremony_already_used", "counter_regressed"}, results
        assert verdict_of(spc, question).status == "authenticated"


def test_two_different_answers_to_one_question_are_one_success(spc: Context) -> None:
    for _ in range(4):
        one, other = registered(spc), registered(spc)
        question = asked(spc)
        bodies = [approved(question, passkey, plain_browser()) for passkey in (one, other)]
        results = at_once([partial(answered, spc, question, body) for body in bodies])
        (winner,) = [each for each in results if isinstance(each, Confirmation)]
        (loser,) = [each for each in results if isinstance(each, Problem)]
        assert loser.code == "ceremony_already_used"
        assert verdict_of(spc, question).credential_id == winner.credential_id


@pytest.mark.parametrize("browser", [plain_browser(), bound_browser()], ids=["plain", "bound"])
def test_an_answer_to_another_question_meanwhile_does_not_invalidate_this_one(
    spc: Context, monkeypatch: pytest.MonkeyPatch, browser: Any
) -> None:
    """One payer, two shops' windows: the second counter is ahead of the first."""
    passkey = registered(spc)
    first, second = asked(spc), asked(spc, merchant=OTHER_MERCHANT)
    bodies = [approved(question, passkey, browser) for question in (first, second)]
    overtaken(monkeypatch, lambda: answered(spc, first, bodies[0]))
    assert answered(spc, second, bodies[1])
    assert verdict_of(spc, first).status == "authenticated"
    assert stored(spc, passkey).sign_count == passkey.sign_count
    assert ceremony_of(spc, second).tries == 0


def test_an_answer_that_the_fifth_wrong_one_overtakes_is_refused(
    spc: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    passkey = registered(spc)
    question = asked(spc)
    good = approved(question, passkey, plain_browser())
    overtaken(monkeypatch, lambda: [wrongly(spc, question, passkey) for _ in range(5)])
    assert refusal(answered, spc, question, good).code == "ceremony_already_used"
    assert verdict_of(spc, question).status == "failed"


def test_an_answer_is_not_stored_after_the_end_of_its_ceremony(
    spc: Context, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checked within the six minutes, and then overtaken by them: the next moment is too late."""
    passkey = registered(spc)
    question = asked(spc)
    good = approved(question, passkey, plain_browser())
    plain = credentials.load_credential

    def slowly(*args: Any) -> Any:
        clock.advance(400)
        return plain(*args)

    monkeypatch.setattr(credentials, "load_credential", slowly)
    assert refusal(answered, spc, question, good).code == "ceremony_expired"
    assert verdict_of(spc, question).status == "expired"


def test_the_same_answer_a_moment_later_is_repeated_and_not_from_a_copied_authenticator(
    spc: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its counter is no longer ahead when the credential is read."""
    passkey = registered(spc)
    question = asked(spc)
    body = approved(question, passkey, plain_browser())
    plain, sooner = credentials.load_credential, [partial(answered, spc, question, body)]

    def load(*args: Any) -> Any:
        if sooner:
            sooner.pop()()
        return plain(*args)

    monkeypatch.setattr(credentials, "load_credential", load)
    assert refusal(answered, spc, question, body).code == "ceremony_already_used"
    assert ceremony_of(spc, question).tries == 0
    assert verdict_of(spc, question).status == "authenticated"


def test_a_credential_that_is_removed_meanwhile_confirms_nothing(
    spc: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    passkey = registered(spc)
    question = asked(spc)
    good = approved(question, passkey, plain_browser())
    plain, waiting = credentials.load_credential, [b64(passkey.id)]

    def load(*args: Any) -> Any:
        item = plain(*args)
        if waiting:
            credentials.remove(spc.table, USER, waiting.pop())
        return item

    monkeypatch.setattr(credentials, "load_credential", load)
    assert refusal(answered, spc, question, good).code == "unknown_credential"
    assert verdict_of(spc, question).status == "pending"
    assert plain(spc.table, b64(passkey.id)) is None


def test_a_credential_that_another_user_registers_meanwhile_confirms_nothing(
    spc: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the same id, and at the same revision."""
    passkey = registered(spc)
    question = asked(spc)
    good = approved(question, passkey, plain_browser())

    def happens() -> None:
        credentials.remove(spc.table, USER, b64(passkey.id))
        registered(spc, OTHER, id=passkey.id)

    overtaken(monkeypatch, happens)
    assert refusal(answered, spc, question, good).code == "unknown_credential"
    theirs = stored(spc, passkey)
    assert (theirs.user, theirs.last_used, theirs.rev) == (OTHER, None, theirs.created)


def test_an_answer_that_is_cut_short_is_stored_whole_or_not_at_all(spc: Context) -> None:
    passkey = registered(spc)
    asks: list[tuple[Json, Json, dict[str, Any]]] = []

    def work(fuse: Fuse) -> None:
        question = asked(spc)
        body = approved(question, passkey, bound_browser(name=f"cut {len(asks) % 2}"))
        asks.append((question, body, stored(spc, passkey)))
        answered(fused(spc, fuse), question, body)

    places = []
    for place in every_crash(work):
        places.append(place)
        question, body, before = asks[-1]
        whole = verdict_of(spc, question).status == "authenticated"
        assert whole is (place == "after table.transact")
        assert (stored(spc, passkey) != before) is whole
        if whole:
            assert refusal(answered, spc, question, body).code == "ceremony_already_used"
        else:
            assert answered(spc, question, body)
    assert places == [
        f"{when} table.{call}" for when in ("before", "after") for call in ("get", "get", "transact")
    ]  # fmt: skip


def test_a_wrong_answer_that_is_cut_short_counts_once_at_most(spc: Context) -> None:
    passkey = registered(spc)
    asks: list[Json] = []

    def work(fuse: Fuse) -> None:
        asks.append(asked(spc))
        body = approved(asks[-1], passkey, plain_browser(), WRONG_TOTAL)
        assert refusal(answered, fused(spc, fuse), asks[-1], body).code == "wrong_total"

    for place in every_crash(work):
        tries = ceremony_of(spc, asks[-1]).tries
        assert tries == 1 if place == "after table.update" else tries <= 1
        assert verdict_of(spc, asks[-1]).status == "pending"


def test_while_the_key_is_rolled_an_answer_still_counts(
    spc: Context, roll: Callable[..., None]
) -> None:
    roll("old")
    passkey = registered(spc)
    question, late = asked(spc), asked(spc)
    bodies = [approved(each, passkey, plain_browser()) for each in (question, late)]
    roll("new", "old")
    assert answered(spc, question, bodies[0])
    assert confirmed(spc, passkey)


def test_a_credential_that_changes_under_every_try_is_given_up_and_nothing_counted(
    spc: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    passkey = registered(spc)
    question = asked(spc)
    others = [asked(spc) for _ in range(20)]
    bodies = [approved(other, passkey, plain_browser()) for other in others]
    passkey.sign_count += 100
    good = approved(question, passkey, plain_browser())
    plain, waiting, busy = (
        QuickDynamoDB.transact_write_items,
        list(zip(others, bodies, strict=True)),
        [False],
    )

    def transact(self: QuickDynamoDB, **request: Any) -> dict[str, Any]:
        if not busy[0]:
            busy[0] = True
            answered(spc, *waiting.pop(0))
            busy[0] = False
        return plain(self, **request)

    monkeypatch.setattr(QuickDynamoDB, "transact_write_items", transact)
    assert refusal(answered, spc, question, good).code == "storage_unavailable"
    assert (ceremony_of(spc, question).tries, verdict_of(spc, question).status) == (0, "pending")
    assert waiting, "it never gave up"
    monkeypatch.undo()


def test_a_browser_that_is_trusted_meanwhile_is_trusted_still(
    spc: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    passkey = registered(spc)
    earlier = asked(spc)
    answered(spc, earlier, approved(earlier, passkey, bound_browser()))
    question = asked(spc, fingerprint=CARD_SCOPE.fingerprint)
    good = approved(question, passkey, bound_browser())
    challenged = partial(earn, spc.table, ceremony_of(spc, earlier), CARD_SCOPE, spc.now())
    overtaken(monkeypatch, challenged)
    assert answered(spc, question, good).browser_bound == "trusted"
    assert browsers_of(spc, passkey) == ["trusted"]
