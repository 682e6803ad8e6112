"""Who may call the API: test keys alone (docs.stripe.com/api/authentication)."""

import base64
import binascii
import re

from starlette.datastructures import Headers

from local.stand_in import accounts, installs
from local.stand_in.backend import Backend
from local.stand_in.errors import StripeError
from local.stand_in.events import API_VERSION

_TEST_KEY = re.compile(r"(sk|rk)_test_[A-Za-z0-9_]+")


def is_restricted(headers: Headers) -> bool:
    """Return whether the call comes with a restricted key. Raises StripeError 401 without a test
    key.
    """
    key = _key(headers.get("authorization", ""))
    if not key:
        raise _unauthorized(
            "You did not provide an API key: send one as `Authorization: Bearer sk_test_...`, or as"
            " the user name of basic authentication."
        )
    if key.startswith(("sk_live_", "rk_live_")):
        raise _unauthorized(
            "That is a live key. This is a stand-in for Stripe, for tests only: it takes keys that"
            " begin with sk_test_ or rk_test_, and a live key should never be sent to it."
        )
    if key.startswith("pk_"):
        raise _unauthorized(
            "This API call cannot be made with a publishable API key.", "secret_key_required"
        )
    if not _TEST_KEY.fullmatch(key):
        raise _unauthorized("Invalid API key: a test key begins with sk_test_ or rk_test_.")
    return key.startswith("rk_")


def check_version(headers: Headers) -> None:
    """Objects are made in one version's shape; raises StripeError 400 for a call in another's."""
    version = headers.get("stripe-version", API_VERSION)
    if version != API_VERSION:
        raise StripeError(
            f"Invalid Stripe API version: {version[:40]}. The stand-in speaks {API_VERSION}."
        )


def connected_account(backend: Backend, headers: Headers) -> str | None:
    """Return the connected account that a call is on behalf of
    (docs.stripe.com/connect/authentication), None for our own. Raises StripeError 403 where our app
    is not installed in test mode.
    """
    account = headers.get("stripe-account")
    if not account or account == accounts.OWN.id:
        return None
    check_connected(backend, account)
    return account


def check_connected(backend: Backend, account: str) -> None:
    """Raise StripeError 403 unless our app is installed on the account in test mode."""
    # The keys are test keys, and a test key sees nothing of a live installation.
    if installs.find(backend, account, livemode=False) is None:
        raise no_access(account)


def check_permitted(backend: Backend, account: str | None, *permissions: str) -> None:
    """Raise StripeError 403 unless the holder of the account that a call is on behalf of has agreed
    to these permissions (docs.stripe.com/stripe-apps/reference/permissions).
    """
    if account is None:
        return
    missing = sorted({*permissions} - installs.granted(backend, account))
    if missing:
        raise StripeError(
            f"Your app lacks the permissions for this on the account: {', '.join(missing)}.",
            status=403,
            code="more_permissions_required_for_application",
        )


def no_access(account: str) -> StripeError:
    return StripeError(
        f"The provided key does not have access to account '{account[:40]}' (or that account"
        " does not exist). Application access may have been revoked.",
        status=403,
        code="account_invalid",
    )


def _key(authorization: str) -> str:
    scheme, _, credentials = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(credentials, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def _unauthorized(message: str, code: str | None = None) -> StripeError:
    return StripeError(message, status=401, code=code)
