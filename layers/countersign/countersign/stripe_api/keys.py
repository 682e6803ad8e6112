"""Stripe's key and signing secrets, and the deployment's mode, which follows from the key."""

from collections.abc import Callable, Sequence

from countersign.aws.secrets import Secret, secret
from countersign.aws.telemetry import logger
from countersign.problems import Unavailable
from countersign.settings import settings

_LOCAL = ("whsec_local", "absec_local")


def stripe_secret() -> Secret:
    """The secret that holds `STRIPE_SECRET_KEY`, `STRIPE_WEBHOOK_SECRETS` and
    `STRIPE_APP_SECRETS`.
    """
    return secret(settings().stripe_secret)


def stripe_key() -> str:
    """The secret or restricted key that calls are made with."""
    return stripe_secret().value("STRIPE_SECRET_KEY")


def is_live(key: str) -> bool:
    """Whether a key is of live mode (https://docs.stripe.com/keys)."""
    return key.startswith(("sk_live_", "rk_live_"))


def deployment_is_live() -> bool:
    """The mode of the deployment."""
    return is_live(stripe_key())


def webhook_secrets() -> list[str]:
    """The signing secrets of every webhook endpoint and generation; see `_signing_secrets`."""
    return _signing_secrets("STRIPE_WEBHOOK_SECRETS")


def app_secrets() -> list[str]:
    """The signing secrets of the Stripe App, both while one is rolled; see `_signing_secrets`."""
    return _signing_secrets("STRIPE_APP_SECRETS")


def passes_with(secrets: Callable[[], list[str]], check: Callable[[Sequence[str]], bool]) -> bool:
    """Whether a signature passes its check with these secrets; if not, they may have been rolled
    meanwhile and are fetched anew, at most once a minute.
    """
    return check(secrets()) or (stripe_secret().refresh() and check(secrets()))


def _signing_secrets(name: str) -> list[str]:
    """Raises `Unavailable("secrets")` when there is none, or when a live deployment was left with
    the well-known ones of a local run, with which anybody could sign.
    """
    found = stripe_secret().values(name)
    if any(entry.startswith(_LOCAL) for entry in found) and deployment_is_live():
        logger.error("a live deployment has the secrets of a local run", extra={"secret": name})
        raise Unavailable("secrets", retry_after=60)
    return found
