"""A payer's answer: verified, and stored with the ceremony it uses up, or refused.

WebAuthn Level 3, section 7.2, step 24, and what the browser bound key is worth (SPC, section 4.2).
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from countersign.problems import Unavailable
from countersign.spc import ceremonies, payers, wallet
from countersign.spc.answer import Answer
from countersign.spc.assertion import Verified, knows_challenge, verify
from countersign.spc.desk import Desk
from countersign.spc.expectation import Expectation
from countersign.spc.refusals import Refused
from countersign.table import Change, Item, TransactionRefused

BrowserBound = Literal["trusted", "new", "absent"]
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A genuine answer. `step_up_required` says that the deployment does not take this browser's
    word alone: a browser that is new, or that shows no key where one is known.
    """

    ceremony_id: str
    credential_id: str
    browser_bound: BrowserBound
    backed_up: bool
    step_up_required: bool


def confirm(
    desk: Desk, ceremony: Item, answer: Answer, checkout_origins: Collection[str]
) -> Confirmed:
    """Verify an answer to a ceremony that waits for one, and use the ceremony up. Of the origins
    that might ask when it was begun, only those count that are checkout origins still.

    Raises `Refused`; a wrong answer that knew the challenge counts as a try.
    """
    ceremonies.waiting(ceremony, desk.now())
    ceremony_id = ceremonies.id_of(ceremony)
    terms = Expectation.from_item(ceremony["terms"], ceremonies.challenges(ceremony_id))
    expected = replace(
        terms,
        origins=terms.origins.intersection(checkout_origins),
        top_origins=terms.top_origins.intersection(checkout_origins),
    )
    try:
        for _ in range(_TRIES):
            credential, verified = _verified(desk, ceremony, answer, expected)
            bound, changes = _seen(desk, credential, verified)
            confirmed = Confirmed(
                ceremony_id=ceremony_id,
                credential_id=verified.credential_id,
                browser_bound=bound,
                backed_up=verified.backed_up,
                step_up_required=_needs_more(desk, credential, bound),
            )
            if _store(desk, ceremony, confirmed, changes):
                return confirmed
    except Refused as refused:
        if refused.code == "counter_regressed":  # by the same answer, a moment sooner?
            ceremonies.waiting(ceremonies.load(desk.table, "payment", ceremony_id), desk.now())
        if knows_challenge(answer, expected):
            ceremonies.count_try(desk.table, ceremony)
        raise
    raise Unavailable("storage")


def _verified(
    desk: Desk, ceremony: Item, answer: Answer, expected: Expectation
) -> tuple[Item, Verified]:
    """The stored credential and what the answer proves; only one that was asked for is read."""
    asked = answer.credential_id in ceremony["credentials"]
    item = wallet.load_credential(desk.table, answer.credential_id) if asked else None
    if item is None or item["user"] != ceremony["user"]:
        raise Refused("unknown_credential")
    credential = wallet.as_credential(item)
    return item, verify(answer, expected, {credential.id: credential})


def _seen(desk: Desk, item: Item, verified: Verified) -> tuple[BrowserBound, list[Change]]:
    """How well the browser is known, and the changes of the credential. A new key is kept as
    pending, a few at most, and bound to this credential alone.
    """
    keys: Item = item["browser_keys"]
    key = verified.browser_key
    known = keys.get(wallet.thumbprint(key)) if key else None
    pending = [entry for entry in keys.values() if entry["status"] == wallet.PENDING]
    new = key if key and known is None and len(pending) < wallet.MOST_PENDING else None
    change = wallet.used(item, verified.sign_count, verified.backed_up, new, desk.now())
    kept = key if known or new else None
    if key and not kept and wallet.is_anothers(desk.table, key, verified.credential_id):
        raise Refused("invalid_browser_bound_key")
    changes = [change, *([wallet.binding(verified.credential_id, kept)] if kept else [])]
    if key is None:
        return "absent", changes
    return ("trusted" if known and known["status"] == wallet.TRUSTED else "new"), changes


def _needs_more(desk: Desk, item: Item, bound: BrowserBound) -> bool:
    if desk.settings.spc_accepts_new_browsers or bound == "trusted":
        return False
    return bound == "new" or bool(item["browser_keys"])


def _store(desk: Desk, ceremony: Item, confirmed: Confirmed, changes: list[Change]) -> bool:
    """One transaction: the ceremony is unused, untired and unexpired, the payer's handle at this
    merchant is active, the credential is as it was checked, and the browser's key is bound to no
    other. False when only the credential has changed
    meanwhile, as by an answer to another ceremony: then it is checked again.
    """
    sets = {
        "status": "authenticated",
        "authenticated_at": desk.now(),
        "credential_id": confirmed.credential_id,
        "browser_bound": confirmed.browser_bound,
        "backed_up": confirmed.backed_up,
        "step_up_required": confirmed.step_up_required,
    }
    payer = payers.using(ceremony["payer"], desk.now())
    try:
        finish = ceremonies.finish(ceremony, sets, desk.now())
        desk.table.transact([finish, payer, *changes])
    except TransactionRefused as refused:
        if ceremony["pk"] in refused.failed:
            raise Refused("ceremony_already_used") from None
        if payer.pk in refused.failed:
            raise Refused("ceremony_expired") from None
        if changes[0].pk not in refused.failed:
            raise Refused("invalid_browser_bound_key") from None
        return False
    return True


def opt_out(desk: Desk, ceremony: Item) -> None:
    """The payer wants nothing more of this merchant: its handle is suspended, the ceremony over.

    Only while the ceremony lasts, whose id is no secret afterwards; raises `ceremony_expired` and
    `ceremony_already_used`. Saying it twice is saying it once.
    """
    if ceremony["status"] != "failed" or ceremony["ends_at"] <= desk.now():
        ceremonies.waiting(ceremony, desk.now())
        payers.suspend(desk.table, ceremony["payer"])
        ceremonies.fail(desk.table, ceremony)
