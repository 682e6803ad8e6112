"""The rules of the local sign-in: authorization code with PKCE (RFC 6749, RFC 7636, RFC 9700)."""

import hmac
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from local.issuer.tokens import challenge_of

CODE_LIFETIME_S = 60.0
NAME_LIMIT = 100
SCOPES = ("openid", "profile", "countersign/merchant", "countersign/operator")

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class RefusedError(Exception):
    """A request that is refused: the OAuth error code and a sentence for the developer."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code


class UntrustedClientError(Exception):
    """A request that may not be answered by a redirect; the message says why."""


@dataclass(frozen=True)
class AuthorizationRequest:
    """A checked authorization request (RFC 6749, section 4.1.1)."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    challenge: str
    state: str | None
    nonce: str | None


@dataclass(frozen=True)
class Grant:
    """What a code stands for, until `expires` on the clock in use."""

    request: AuthorizationRequest
    name: str
    expires: float


def check_client(query: Mapping[str, str], client_id: str, origins: tuple[str, ...]) -> str:
    """Return the redirect URI of a request, if it is the known client's and on one of its origins.

    Raises UntrustedClientError, which must not be answered by a redirect.
    """
    if query.get("client_id") != client_id:
        raise UntrustedClientError(f"client_id must be {client_id}")
    redirect_uri = query.get("redirect_uri", "")
    if not is_on_origin(redirect_uri, origins):
        raise UntrustedClientError(f"redirect_uri must be a page on {' or '.join(origins)}")
    return redirect_uri


def check_request(query: Mapping[str, str], redirect_uri: str) -> AuthorizationRequest:
    """Return the rest of an authorization request. Raises RefusedError."""
    if query.get("response_type") != "code":
        raise RefusedError("unsupported_response_type", "response_type must be code")
    challenge = query.get("code_challenge", "")
    if query.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise RefusedError("invalid_request", "a code_challenge with method S256 is required")
    scopes = tuple(dict.fromkeys(query.get("scope", "").split()))
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        raise RefusedError("invalid_scope", f"unknown scope {unknown[0]}")
    if query.get("prompt") == "none":
        raise RefusedError("login_required", "nobody is signed in here between two requests")
    return AuthorizationRequest(
        query["client_id"], redirect_uri, scopes, challenge, query.get("state"), query.get("nonce")
    )


def check_name(name: str) -> str | None:
    """Return the name somebody signs in under, or None when it would not do."""
    name = name.strip()
    return name if 1 <= len(name) <= NAME_LIMIT and name.isprintable() else None


def is_on_origin(address: str, origins: tuple[str, ...]) -> bool:
    """Return whether an address is a page of one of the origins, without userinfo or fragment."""
    if not address.isascii() or "\\" in address or "#" in address:
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return f"{parts.scheme}://{parts.netloc}" in origins


@dataclass
class Codes:
    """Authorization codes that were given out: each good once, for a minute."""

    clock: Callable[[], float] = time.monotonic
    _grants: dict[str, Grant] = field(default_factory=dict)

    def issue(self, request: AuthorizationRequest, name: str) -> str:
        now = self.clock()
        self._grants = {code: g for code, g in self._grants.items() if g.expires > now}
        code = secrets.token_urlsafe(32)
        self._grants[code] = Grant(request, name, now + CODE_LIFETIME_S)
        return code

    def redeem(self, form: Mapping[str, str]) -> Grant:
        """Return the grant of a token request, used up by it. Raises RefusedError (section 5.2)."""
        if form.get("grant_type") != "authorization_code":
            raise RefusedError("unsupported_grant_type", "grant_type must be authorization_code")
        grant = self._grants.pop(form.get("code", ""), None)
        if grant is None or grant.expires <= self.clock():
            raise RefusedError("invalid_grant", "the code is unknown, used or expired")
        request = grant.request
        if form.get("client_id") != request.client_id:
            raise RefusedError("invalid_grant", "client_id is not the one the code was given to")
        if form.get("redirect_uri") != request.redirect_uri:
            raise RefusedError("invalid_grant", "redirect_uri is not the one the code was sent to")
        if not _proves(form.get("code_verifier", ""), request.challenge):
            raise RefusedError("invalid_grant", "code_verifier does not match the code_challenge")
        return grant


def _proves(verifier: str, challenge: str) -> bool:
    matches = _VERIFIER.fullmatch(verifier) is not None
    return matches and hmac.compare_digest(challenge_of(verifier), challenge)
