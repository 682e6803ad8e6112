"""An answer to a ceremony that waits for one: verified, then stored with the ceremony that it uses
up, or refused.

WebAuthn Level 3, section 7.2. What an answer means is its kind's own: see `confirming` and
`approving`.
"""

from collections.abc import Callable
from typing import TypeVar

from countersign.aws.items import Item
from countersign.problems import Unavailable
from countersign.spc import ceremonies, credentials
from countersign.spc.context import Desk
from countersign.spc.protocol.authentication_response import Answer
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.terms import Expectation
from countersign.spc.protocol.verify_assertion import Verified, knows_challenge, verify

Outcome = TypeVar("Outcome")
_TRIES = 3


def settle(
    desk: Desk,
    ceremony: Item,
    answer: Answer,
    expected: Expectation,
    store: Callable[[Item, Verified, int], Outcome | None],
) -> Outcome:
    """Verify an answer and have it stored. `store` is given the credential, what is proved and the
    time, and returns `None` when the credential has changed meanwhile: then the answer is checked
    again.

    Raises `Refused`; a wrong answer that knew the challenge counts as a try.
    """
    ceremonies.waiting(ceremony, desk.now())
    try:
        for _ in range(_TRIES):
            outcome = store(*_verified(desk, ceremony, answer, expected), desk.now())
            if outcome is not None:
                return outcome
    except Refused as refused:
        if refused.code == "counter_regressed":  # by the same answer, a moment sooner?
            ceremony_id = ceremonies.id_of(ceremony)
            now = ceremonies.load(desk.table, ceremony["kind"], ceremony_id)
            ceremonies.waiting(now, desk.now())
        if knows_challenge(answer, expected):
            ceremonies.count_try(desk.table, ceremony)
        raise
    raise Unavailable("storage")


def expectation(ceremony: Item) -> Expectation:
    """The terms of a stored ceremony, with its challenges."""
    challenges = ceremonies.challenges(ceremonies.id_of(ceremony))
    return Expectation.from_item(ceremony["terms"], challenges)


def _verified(
    desk: Desk, ceremony: Item, answer: Answer, expected: Expectation
) -> tuple[Item, Verified]:
    """The stored credential and what the answer proves; only one that was asked for is read."""
    asked = answer.credential_id in ceremony["credentials"]
    item = credentials.load_credential(desk.table, answer.credential_id) if asked else None
    if item is None or item["user"] != ceremony["user"]:
        raise Refused("unknown_credential")
    credential = credentials.as_credential(item)
    return item, verify(answer, expected, {credential.id: credential})
