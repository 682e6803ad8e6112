"""Verify a payment confirmation, step by step as the standards have it. Pure.

WebAuthn Level 3, section 7.2 (the numbered steps) and Secure Payment Confirmation, section 9.1
(what it changes and adds). The first step that fails names the refusal.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from countersign.spc.protocol.authentication_response import AuthenticationResponse
from countersign.spc.protocol.authenticator_data import (
    AuthenticatorData,
    hash_of,
    parse_assertion_data,
)
from countersign.spc.protocol.browser_key import bound_key
from countersign.spc.protocol.client_data import ClientData, check_caller, has_challenge
from countersign.spc.protocol.credential import MOST_COUNTED, Credential
from countersign.spc.protocol.credential_signature import is_signed_by
from countersign.spc.protocol.json_members import members_of, optional_text, text
from countersign.spc.protocol.refusals import CredentialChanged, Refused
from countersign.spc.protocol.terms import Instrument, Logo, Terms, Total

TYPE = "payment.get"


class VerifiedAssertion(NamedTuple):
    """What a genuine response proves: the credential's counter and backup state, and the COSE key
    of the browser, if it has bound one. `is_key_ignored` says that a wrong one counts as none.
    """

    credential_id: str
    sign_count: int
    backed_up: bool
    browser_key: bytes | None
    is_key_ignored: bool = False


def verify_assertion(
    response: AuthenticationResponse, expected: Terms, credentials: Mapping[str, Credential]
) -> VerifiedAssertion:
    """Verify a response against the terms of its ceremony and the credentials that were asked for.

    Raises `Refused` with the code of the first step that fails.
    """
    credential = _identify(response, credentials)  # steps 5 to 7
    _check_client_data(response, expected)  # steps 8 to 14
    _check_payment(response.client_data, expected)  # SPC
    found = _check_authenticator_data(response.authenticator_data, expected, credential)  # 15 to 19
    if not is_genuine(response, credential):  # steps 20 and 21
        raise Refused("invalid_signature")
    _check_count(found.sign_count, credential)  # step 22
    bound = bound_key(response)  # step 23: the payment extension's output
    return VerifiedAssertion(
        credential_id=credential.id,
        sign_count=found.sign_count,
        backed_up=found.backed_up,
        browser_key=bound.key,
        is_key_ignored=bound.is_ignored,
    )


def signed_bytes(response: AuthenticationResponse) -> bytes:
    """Return what the authenticator signs (step 20 has the hash)."""
    return response.authenticator_data + hashlib.sha256(response.client_data_bytes).digest()


def is_genuine(response: AuthenticationResponse, credential: Credential) -> bool:
    """Return whether a credential signed a response, whatever else is wrong with it (step 21)."""
    return is_signed_by(credential, signed_bytes(response), response.signature)


def names_owner(response: AuthenticationResponse, credential: Credential) -> bool:
    """Return whether a response names the credential's owner, if it names one (step 6). The name is
    not signed: whoever passes a response on can change it.
    """
    return response.user_handle in (None, credential.user_handle)


def knows_challenge(response: AuthenticationResponse, expected: Terms) -> bool:
    """Return whether a response has this ceremony's challenge, whatever else is wrong with it."""
    return has_challenge(response.client_data, expected.challenges)


def _identify(
    response: AuthenticationResponse, credentials: Mapping[str, Credential]
) -> Credential:
    """Return the credential that was used: one of those that were asked for, of this owner."""
    credential = credentials.get(response.credential_id)
    if credential is None or not names_owner(response, credential):
        raise Refused("unknown_credential")
    if credential.is_suspended:
        raise Refused("credential_suspended")
    return credential


def _check_client_data(response: AuthenticationResponse, expected: Terms) -> None:
    data = response.client_data
    if data.type != TYPE:  # step 10
        raise Refused("wrong_type")
    if not knows_challenge(response, expected):  # step 11
        raise Refused("wrong_challenge")
    # Steps 12 to 14; SPC's own member names the top-level origin, too.
    check_caller(data, expected.origins, expected.top_origins, must_name_top=False)


def _check_payment(data: ClientData, expected: Terms) -> None:
    """Check SPC's own members (section 9.1, step 2), each for absence too and in the order of its
    text: rpId and topOrigin, the payee, the logos, the total and the instrument.
    """
    try:
        payment = members_of(data.members.get("payment"))
        _check_relying_party(payment, data, expected)
        shown = (optional_text(payment, "payeeName"), optional_text(payment, "payeeOrigin"))
        if shown != (expected.payee_name, expected.payee_origin):
            raise Refused("wrong_payee")
        if not _are_shown(payment.get("paymentEntitiesLogos", []), expected.logos):
            raise Refused("wrong_logos")
        total = members_of(payment.get("total"))
        if not _is_total(total, expected.total):
            raise Refused("wrong_total")
        if not _is_shown(members_of(payment.get("instrument")), expected.instrument):
            raise Refused("wrong_instrument")
    except ValueError as error:
        raise Refused("malformed_credential") from error


def _check_relying_party(payment: dict[str, Any], data: ClientData, expected: Terms) -> None:
    """Check rpId and topOrigin. `rp` is what `rpId` was called until August 2022: a browser that
    sends both must agree with itself. So must the two top-level origins of a framed page, if it
    names both; of a page that is not framed, its own origin is the top-level one.
    """
    rp_id = text(payment, "rpId")
    if rp_id != expected.rp_id or payment.get("rp", rp_id) != rp_id:
        raise Refused("wrong_rp_id")
    top_origin = text(payment, "topOrigin")
    framed = (data.top_origin or top_origin) if data.cross_origin else data.origin
    if top_origin != framed or framed not in expected.top_origins:
        raise Refused("wrong_top_origin")


def _is_total(total: dict[str, Any], expected: Total) -> bool:
    value, currency = text(total, "value"), text(total, "currency")
    return value == expected.value and currency == expected.currency


def _are_shown(logos: Any, expected: tuple[Logo, ...]) -> bool:
    """Return whether these are the first of the logos that were to be shown: a browser drops the
    last ones where there is no room, all of them if need be, and leaves the URL empty of one that
    it could not load. A browser from before the member leaves it out.
    """
    if not isinstance(logos, list):
        raise ValueError("not a list")
    shown = [Logo(text(logo, "url"), text(logo, "label")) for logo in map(members_of, logos)]
    if len(shown) > len(expected):
        return False
    return all(
        logo.label == known.label and logo.url in ("", known.url)
        for logo, known in zip(shown, expected, strict=False)
    )


def _is_shown(instrument: dict[str, Any], expected: Instrument) -> bool:
    """Return whether this is the instrument; its icon may be missing if it need not be shown."""
    icons = {expected.icon} if expected.icon_must_be_shown else {expected.icon, ""}
    return (
        text(instrument, "displayName") == expected.display_name
        and text(instrument, "icon") in icons
        and optional_text(instrument, "details") == expected.details
        and instrument.get("iconMustBeShown", expected.icon_must_be_shown)
        is expected.icon_must_be_shown
    )


def _check_authenticator_data(
    data: bytes, expected: Terms, credential: Credential
) -> AuthenticatorData:
    try:
        found = parse_assertion_data(data)
    except ValueError as error:
        raise Refused("invalid_authenticator_data") from error
    if found.rp_id_hash != hash_of(expected.rp_id):  # step 15
        raise Refused("wrong_rp_id")
    if not found.user_present:  # step 16
        raise Refused("user_not_present")
    if not found.user_verified:  # step 17: SPC always asks for it
        raise Refused("user_not_verified")
    if found.backed_up and not found.backup_eligible:  # step 18
        raise Refused("invalid_authenticator_data")
    if found.backup_eligible != credential.backup_eligible:  # step 19
        raise CredentialChanged("invalid_authenticator_data")
    return found


def _check_count(count: int, credential: Credential) -> None:
    """Check that a count is above the counter when the ceremony began, and was in no other response
    that was accepted. Responses may overtake one another. An authenticator that does not count
    always says 0.
    """
    began, counted = credential.sign_count, credential.counted
    if count == began == 0 and not counted:
        return
    if count <= began and began > 0:
        raise CredentialChanged("counter_regressed")
    is_forgotten = len(counted) >= MOST_COUNTED and count < counted[0]
    if count <= began or count in counted or is_forgotten:
        raise Refused("counter_regressed")
