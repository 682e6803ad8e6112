"""Stripe's key and signing secrets, and the deployment's mode, which follows from the key."""

from collections.abc import Callable, Sequence

from countersign.aws.secrets import Secret, secret
from countersign.aws.telemetry import logger
from countersign.problems import Unavailable
from countersign.settings import settings

_LOCAL = ("whsec_local", "absec_local")


def stripe_secret() -> Secret:
    """Return the secret that holds `STRIPE_SECRET_KEY`, `STRIPE_WEBHOOK_SECRETS` and
    `STRIPE_APP_SECRETS`.
    """
    return secret(settings().stripe_secret)


def stripe_key() -> str:
    """Return the secret or restricted key that calls are made with."""
    return stripe_secret().value("STRIPE_SECRET_KEY")


def is_key_rolled(key: str) -> bool:
    """Fetch the key again at once, and return whether it is another than `key` now. For a key that
    Stripe refused: unlike a signature that fails, no caller can bring that about.
    """
    stripe_secret().fetch()
    return stripe_key() != key


def is_live(key: str) -> bool:
    """Return whether a key is a live-mode key (https://docs.stripe.com/keys)."""
    return key.startswith(("sk_live_", "rk_live_"))


def deployment_is_live() -> bool:
    """Return whether the deployment is in live mode, which follows from its key
    (docs/decisions.md#one-mode-per-deployment).
    """
    return is_live(stripe_key())


def webhook_secrets() -> list[str]:
    """Return the signing secrets of every webhook endpoint, two for one whose secret is rolled.

    Raises as `_signing_secrets` does.
    """
    return _signing_secrets("STRIPE_WEBHOOK_SECRETS")


def app_secrets() -> list[str]:
    """Return the signing secrets of the Stripe App, two while one is rolled.

    Raises as `_signing_secrets` does.
    """
    return _signing_secrets("STRIPE_APP_SECRETS")


def passes_with(secrets: Callable[[], list[str]], check: Callable[[Sequence[str]], bool]) -> bool:
    """Return whether a signature passes its check with these secrets. If it does not, the secrets
    may have been rolled: they are fetched again, at most once a minute.
    """
    return check(secrets()) or (stripe_secret().refresh() and check(secrets()))


def _signing_secrets(name: str) -> list[str]:
    """Return the secrets of this name.

    Raises `Unavailable("secrets")` if there is none, or if a live deployment still has the
    well-known secrets of a local run, with which anyone could sign.
    """
    found = stripe_secret().values(name)
    if any(entry.startswith(_LOCAL) for entry in found) and deployment_is_live():
        logger.error("a live deployment has the secrets of a local run", extra={"secret": name})
        raise Unavailable("secrets", retry_after=60)
    return found
