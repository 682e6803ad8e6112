"""A payer's answer: what it is worth, and what is stored of it.

WebAuthn Level 3, section 7.2, step 24, and what the browser bound key is worth (SPC, section 4.2).
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from countersign.aws.changes import Change, TransactionRefused
from countersign.aws.items import Item
from countersign.spc import (
    browsers,
    ceremonies,
    credentials,
    payer_handles,
)
from countersign.spc.answer_ceremony import settle, terms_of
from countersign.spc.context import Context
from countersign.spc.protocol.authentication_response import AuthenticationResponse
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.verify_assertion import Verified

BrowserBound = Literal["trusted", "new", "absent"]


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
    context: Context,
    ceremony: Item,
    response: AuthenticationResponse,
    checkout_origins: Collection[str],
) -> Confirmed:
    """Verify an answer to a ceremony that waits for one, and use the ceremony up. Of the origins
    that might ask when it was begun, only those count that are checkout origins still.

    Raises `Refused`; a wrong answer that knew the challenge counts as a try.
    """
    terms = terms_of(ceremony)
    expected = replace(
        terms,
        origins=terms.origins.intersection(checkout_origins),
        top_origins=terms.top_origins.intersection(checkout_origins),
    )

    def store(credential: Item, verified: Verified, now: int) -> Confirmed | None:
        key = verified.browser_key
        key_id = browsers.thumbprint(key) if key else None
        bound, changes = _seen(context, credential, verified, key_id, now)
        confirmed = Confirmed(
            ceremony_id=ceremonies.id_of(ceremony),
            credential_id=verified.credential_id,
            browser_bound=bound,
            backed_up=verified.backed_up,
            step_up_required=_needs_more(context, credential, bound),
        )
        is_stored = _store(context, ceremony, confirmed, key_id, changes, now)
        return confirmed if is_stored else None

    return settle(context, ceremony, response, expected, store)


def _seen(
    context: Context, credential: Item, verified: Verified, key_id: str | None, now: int
) -> tuple[BrowserBound, list[Change]]:
    """How well the browser is known, and the changes of the credential. A new key is kept as
    pending, a few at most, and bound to this credential alone.
    """
    is_known = key_id in credential["browser_keys"]
    is_kept = is_known or browsers.has_room(credential)
    new = None
    if key_id and is_kept and not is_known:
        new = key_id, browsers.entry(browsers.PENDING, now)
    change = credentials.used(credential, verified.sign_count, verified.backed_up, now, new)
    if key_id is None:
        return "absent", [change]
    if not is_kept and browsers.is_anothers(context.table, key_id, verified.credential_id):
        raise Refused("invalid_browser_bound_key")
    binding = [browsers.binding(verified.credential_id, key_id)] if is_kept else []
    return "trusted" if browsers.is_trusted(credential, key_id) else "new", [change, *binding]


def _needs_more(context: Context, credential: Item, bound: BrowserBound) -> bool:
    if context.settings.spc_accepts_new_browsers or bound == "trusted":
        return False
    return bound == "new" or bool(credential["browser_keys"])


def _store(
    context: Context,
    ceremony: Item,
    confirmed: Confirmed,
    key_id: str | None,
    changes: list[Change],
    now: int,
) -> bool:
    """One transaction: the ceremony is unused, untired and unexpired, the payer's handle at this
    merchant is active, the credential is as it was checked, and the browser's key is bound to no
    other. The key is noted, since the payment's 3-D Secure may vouch for it (`vouching`). False
    when only the credential has changed meanwhile, as by an answer to another ceremony.
    """
    sets = {
        "status": "authenticated",
        "authenticated_at": now,
        "credential_id": confirmed.credential_id,
        "browser_bound": confirmed.browser_bound,
        "backed_up": confirmed.backed_up,
        "step_up_required": confirmed.step_up_required,
    }
    sets |= {"browser_key": key_id} if key_id else {}
    payer = payer_handles.using(ceremony["payer"], now)
    try:
        finish = ceremonies.finish(ceremony, sets, now)
        context.table.transact([finish, payer, *changes])
    except TransactionRefused as refused:
        ceremonies.check_finished(refused, ceremony, now)
        if payer.pk in refused.failed:
            raise Refused("ceremony_expired") from None
        if changes[0].pk not in refused.failed:
            raise Refused("invalid_browser_bound_key") from None
        return False
    return True


def opt_out(context: Context, ceremony: Item) -> None:
    """The payer wants nothing more of this merchant: its handle is suspended, the ceremony over,
    though wrong answers may have ended it before.

    Only while the ceremony lasts, whose id is no secret afterwards; raises `ceremony_expired` and,
    once it was confirmed, `ceremony_already_used`. Saying it twice is saying it once.
    """
    now = context.now()
    if ceremony["status"] != "failed" or ceremony["ends_at"] <= now:
        ceremonies.unanswered(ceremony, now)
        payer_handles.suspend(context.table, ceremony["payer"])
        ceremonies.fail(context.table, ceremony)
