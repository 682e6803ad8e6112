"""What a verified token is: its kind, its scopes, and whether a person or a machine got it. Pure.

API Gateway has verified signature, issuer, audience and times. It takes every kind of token that
the issuer signs, so the kind is judged here, by what the issuers write. Claims arrive as text, a
list as `[a b]`; an emulator may leave a list as it is.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from countersign.formats import base64url

Claims = Mapping[str, Any]

_JWT = re.compile(r"(?:[Bb]earer +)?([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_ACCESS_TOKEN_TYPES = ("jwt", "at+jwt")
_OF_ID_TOKENS = ("nonce", "at_hash", "c_hash", "s_hash")
"""Claims of ID tokens alone: OpenID Connect Core 1.0, sections 2 and 3.3.2.11, and FAPI 1.0 part 2,
section 5.1.
"""
_CLIENTS = ("client_id", "azp", "cid", "appid")
"""The names under which issuers write the client that got a token."""


def is_access_token(claims: Claims, authorization: str | None) -> bool:
    """Return whether a token may be an access token. `authorization` is the header that it came in,
    which API Gateway has taken it from.

    An ID token, which says who somebody is to one client, is none: Cognito marks it with
    `token_use`, Keycloak with `typ`, others by what only an ID token has.
    """
    if authorization is not None and not _has_access_token_type(authorization):
        return False
    is_marked = claims.get("token_use") == "id" or claims.get("typ") == "ID"
    return not is_marked and not any(name in claims for name in _OF_ID_TOKENS)


def is_machine(claims: Claims) -> bool:
    """Return whether a client got the token for itself (RFC 6749, section 4.4), with no person.

    RFC 9068, section 2.2, has such a client as its own subject, as Cognito and Okta do. Auth0
    writes `<client>@clients` and `gty`, Microsoft Entra ID `idtyp`; Keycloak has a user for each
    client. Scopes say nothing about it, since a holder may act with a merchant's.
    """
    subject = claims.get("sub")
    clients = [claims[name] for name in _CLIENTS if claims.get(name)]
    return (
        subject in clients
        or subject in [f"{client}@clients" for client in clients]
        or not _words(claims.get("gty")).isdisjoint(("client-credentials", "client_credentials"))
        or claims.get("idtyp") == "app"
        or str(claims.get("preferred_username")).startswith("service-account-")
    )


def scopes_of(claims: Claims) -> frozenset[str]:
    """Return the scopes of a token, from `scope` (RFC 9068, section 2.2.3) and `scp`."""
    return _words(claims.get("scope")) | _words(claims.get("scp"))


def _has_access_token_type(authorization: str) -> bool:
    """Return whether a token's header has no `typ`, or that of an access token (RFC 9068, section
    2.1; RFC 7515, section 4.1.9).
    """
    found = _JWT.fullmatch(authorization)
    try:
        header = json.loads(base64url.decode(found[1])) if found else None
    except ValueError:
        return False
    if not isinstance(header, dict):
        return False
    type_ = header.get("typ", "jwt")
    return isinstance(type_, str) and (
        type_.lower().removeprefix("application/") in _ACCESS_TOKEN_TYPES
    )


def _words(value: object) -> frozenset[str]:
    """Return the words of a claim that is a text of words or a list of them."""
    if isinstance(value, list):
        return frozenset(word for word in value if isinstance(word, str))
    text = value if isinstance(value, str) else ""
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    return frozenset(filter(None, text.split(" ")))
