"""Browser bound keys: a key pair held by one browser on one device, for one credential. Pure.

SPC, section 4.2 and its security considerations ("attacker generated browser bound key"): such a
key says that this browser was seen before, and never replaces the credential's own signature.
"""

from typing import Any

from countersign.crypto.public_key import is_signed
from countersign.formats import base64url
from countersign.spc.protocol.authentication_response import AuthenticationResponse
from countersign.spc.protocol.cose import public_key
from countersign.spc.protocol.json_members import members_of, optional_text
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.registration_response import RegistrationResponse

_LONGEST_KEY = 1100
"""Bytes; the largest key that is accepted is an RSA key of 8192 bits."""


def check_browser_key(response: AuthenticationResponse | RegistrationResponse) -> bytes | None:
    """Return the COSE key that signed a response's client data, `None` if the browser bound none.

    Raises `invalid_browser_bound_key` for a key without a signature or the reverse, for a key that
    is not ES256 or RS256, and for a signature that does not match.
    """
    try:
        key = _key(response.client_data.members)
        if (key is None) != (response.browser_bound_signature is None):
            raise ValueError("a key and its signature come together")
        if key is None or response.browser_bound_signature is None:
            return None
        if not is_signed(
            public_key(key), response.client_data_bytes, response.browser_bound_signature
        ):
            raise ValueError("the signature does not match")
    except ValueError as error:
        raise Refused("invalid_browser_bound_key") from error
    return key


def _key(members: dict[str, Any]) -> bytes | None:
    encoded = optional_text(members_of(members.get("payment", {})), "browserBoundPublicKey")
    if encoded is None:
        return None
    if len(encoded) > _LONGEST_KEY * 4 // 3 + 4:
        raise ValueError("too long")
    return base64url.decode(encoded)
