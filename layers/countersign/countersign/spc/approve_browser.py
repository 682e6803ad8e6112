"""A credential's owner says that a browser which is new is theirs.

They say so in a browser that is trusted already: in the same dialog as a payment's, which names
the new browser and no amount. The answer is verified as a payment's is, and the key has to be that
of a trusted browser: the sign-in is not enough, nor the passkey, which other devices may hold too.
Only where no browser of theirs is trusted, as when they registered in one that binds no keys, the
sign-in alone will do: a browser that registers a credential is trusted on nothing more.
"""

from typing import Any

from countersign.aws.changes import TransactionRefused
from countersign.aws.items import Item
from countersign.problems import Problem
from countersign.spc import browsers, ceremonies, credentials
from countersign.spc.answer_ceremony import settle, terms_of
from countersign.spc.context import Context, relying_party
from countersign.spc.payment_request import dialog
from countersign.spc.protocol.authentication_response import AuthenticationResponse
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.terms import Instrument, Terms, Total
from countersign.spc.protocol.verify_assertion import Verified

NOTHING = Total("0.00", "USD")
"""A dialog has an amount to show, and a currency that every browser knows how to write."""


def request(
    context: Context, credential: Item, key_id: str, origin: str, shown: Instrument
) -> dict[str, Any]:
    """Begin to approve a browser of a credential, on the wallet's page at `origin`: what the dialog
    is to show, `shown` naming the browser. Asked are the credentials that know a trusted browser.

    Raises 404 `browser_key_not_found`, and 409 `no_trusted_browser` where nothing is to be approved
    with.
    """
    browsers.browser_of(credential, key_id)
    known = _with_trusted(context, credential["user"])
    if not known:
        detail = "None of your browsers is trusted yet: trust this one without an approval."
        raise Problem(409, "no_trusted_browser", detail)
    members = {
        "credentials": known,
        "for_credential": credentials.id_of(credential),
        "for_browser": key_id,
        "terms": _terms(context, origin, shown).as_item(),
    }
    user = credential["user"]
    return again(context, ceremonies.begin(context.table, "approval", user, members, context.now()))


def again(context: Context, ceremony_id: str) -> dict[str, Any]:
    """What is told of an approval that was begun."""
    ceremony = ceremonies.load(context.table, "approval", ceremony_id)
    return dialog(ceremony_id, terms_of(ceremony), ceremony["credentials"], opt_out=False)


def _terms(context: Context, origin: str, shown: Instrument) -> Terms:
    rp_id, name = relying_party(context)
    return Terms(
        challenges=(),
        rp_id=rp_id,
        origins=frozenset({origin}),
        top_origins=frozenset({origin}),
        payee_name=name,
        payee_origin=origin if origin.startswith("https://") else None,  # browsers take no other
        logos=(),
        total=NOTHING,
        instrument=shown,
    )


def trust(context: Context, credential: Item, key_id: str) -> Item:
    """Trust a browser on its owner's sign-in alone, where none is trusted; returns the credential.
    One that is trusted already stays so.

    Raises 404 `browser_key_not_found` and 403 `trusted_browser_required`.
    """
    browsers.browser_of(credential, key_id)
    user = credential["user"]
    if not browsers.is_trusted(credential, key_id) and _with_trusted(context, user):
        raise Refused("trusted_browser_required")
    trusted = browsers.trust(context.table, credential["pk"], user, key_id)
    if trusted is None:
        raise browsers.not_found()
    return trusted


def approve(
    context: Context,
    credential: Item,
    key_id: str,
    ceremony_id: str,
    response: AuthenticationResponse,
) -> Item:
    """Trust a browser on an approval that was begun for it; returns the credential.

    Raises `Refused` as a payment's answer does and, where it comes from a browser that is not
    trusted, 403 `trusted_browser_required`; 404 `browser_key_not_found` once the new one is gone.
    """
    ceremony = ceremonies.load(context.table, "approval", ceremony_id)
    about = ceremony["user"], ceremony["for_credential"], ceremony["for_browser"]
    if about != (credential["user"], credentials.id_of(credential), key_id):
        raise Refused("unknown_ceremony")

    def store(asked: Item, verified: Verified, now: int) -> Item | None:
        key = verified.browser_key
        if not browsers.is_trusted(asked, browsers.thumbprint(key) if key else None):
            raise Refused("trusted_browser_required")
        return _store(context, ceremony, asked, verified, now)

    return settle(context, ceremony, response, terms_of(ceremony), store)


def _store(
    context: Context, ceremony: Item, asked: Item, verified: Verified, now: int
) -> Item | None:
    """One transaction: the ceremony is unused, untired and unexpired, the credential that was asked
    is as it was checked, and so is its trusted browser, and the new one is there still. `None` when
    only the credential has changed meanwhile.
    """
    key_id, target = ceremony["for_browser"], credentials.credential_pk(ceremony["for_credential"])
    sets = {"status": "authenticated", "authenticated_at": now}
    changes = [ceremonies.finish(ceremony, sets, now)]
    trusted = None
    if asked["pk"] != target:
        changes.append(browsers.trusting(target, ceremony["user"], key_id))
    else:
        trusted = key_id, browsers.browser_of(asked, key_id) | {"status": browsers.TRUSTED}
    used = credentials.used(asked, verified.sign_count, verified.backed_up, now, trusted)
    try:
        context.table.transact([*changes, used])
    except TransactionRefused as refused:
        ceremonies.check_finished(refused, ceremony, now)
        if used.pk not in refused.failed:
            raise browsers.not_found() from None
        return None
    stored = context.table.get(target)
    if stored is None:
        raise browsers.not_found()
    return stored


def _with_trusted(context: Context, user: str) -> list[str]:
    """The ids of a user's credentials that know a trusted browser."""
    found = credentials.credentials_of(context.table, user)
    return [credentials.id_of(item) for item in found if browsers.knows_trusted(item)]
