"""Stripe's key and webhook secrets, and the deployment's mode, which follows from the key."""

from countersign.problems import Unavailable
from countersign.secrets import Secret, secret
from countersign.settings import settings
from countersign.telemetry import logger

_LOCAL = "whsec_local"


def stripe_secret() -> Secret:
    """The secret that holds `STRIPE_SECRET_KEY` and `STRIPE_WEBHOOK_SECRETS`."""
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
    """The signing secrets of every endpoint and generation.

    Raises `Unavailable("secrets")` when there is none, or when a live deployment was left with the
    well-known ones of a local run, with which anybody could sign.
    """
    found = stripe_secret().values("STRIPE_WEBHOOK_SECRETS")
    if any(entry.startswith(_LOCAL) for entry in found) and deployment_is_live():
        logger.error("a live deployment has the webhook secrets of a local run")
        raise Unavailable("secrets", retry_after=60)
    return found
