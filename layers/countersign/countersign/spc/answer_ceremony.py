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
from countersign.spc.context import Context
from countersign.spc.protocol.authentication_response import AuthenticationResponse
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.terms import Terms
from countersign.spc.protocol.verify_assertion import Verified, knows_challenge, verify

Outcome = TypeVar("Outcome")
_TRIES = 3


def settle(
    context: Context,
    ceremony: Item,
    response: AuthenticationResponse,
    expected: Terms,
    store: Callable[[Item, Verified, int], Outcome | None],
) -> Outcome:
    """Verify an answer and have it stored. `store` is given the credential, what is proved and the
    time, and returns `None` when the credential has changed meanwhile: then the answer is checked
    again.

    Raises `Refused`; a wrong answer that knew the challenge counts as a try.
    """
    ceremonies.waiting(ceremony, context.now())
    try:
        for _ in range(_TRIES):
            outcome = store(*_verified(context, ceremony, response, expected), context.now())
            if outcome is not None:
                return outcome
    except Refused as refused:
        if refused.code == "counter_regressed":  # by the same answer, a moment sooner?
            ceremony_id = ceremonies.id_of(ceremony)
            now = ceremonies.load(context.table, ceremony["kind"], ceremony_id)
            ceremonies.waiting(now, context.now())
        if knows_challenge(response, expected):
            ceremonies.count_try(context.table, ceremony)
        raise
    raise Unavailable("storage")


def terms_of(ceremony: Item) -> Terms:
    """The terms of a stored ceremony, with its challenges."""
    challenges = ceremonies.challenges(ceremonies.id_of(ceremony))
    return Terms.from_item(ceremony["terms"], challenges)


def _verified(
    context: Context, ceremony: Item, response: AuthenticationResponse, expected: Terms
) -> tuple[Item, Verified]:
    """The stored credential and what the answer proves; only one that was asked for is read."""
    asked = response.credential_id in ceremony["credentials"]
    item = credentials.load_credential(context.table, response.credential_id) if asked else None
    if item is None or item["user"] != ceremony["user"]:
        raise Refused("unknown_credential")
    credential = credentials.as_credential(item)
    return item, verify(response, expected, {credential.id: credential})
