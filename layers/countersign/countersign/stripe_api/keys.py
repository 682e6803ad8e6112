"""Stripe's key, the signing secrets, and the deployment's mode, which is that of the key.

Each is in a secret of its own, so that a function opens what it uses and nothing else
(docs/decisions.md#secrets-come-from-secrets-manager).
"""

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from countersign.aws.secrets import Secret, secret
from countersign.aws.telemetry import count, logger
from countersign.problems import Unavailable
from countersign.settings import settings

_KEY = re.compile(r"(?:sk|rk)_(test|live)_[A-Za-z0-9_]+")
_LOCAL = ("whsec_local", "absec_local")


def stripe_key() -> str:
    """Return the secret or restricted key that calls are made with.

    Raises `Unavailable("secrets")` for a key of another mode than the deployment's, or of a kind
    that says no mode: what is stored here belongs to one mode, and calls must not reach the other.
    Such a key is counted, since nobody but the operator can mend it.
    """
    key = _key_secret().value("STRIPE_SECRET_KEY")
    if mode_of(key) != ("live" if deployment_is_live() else "test"):
        logger.error(
            "the Stripe key is not of this deployment's mode", extra={"mode": mode_of(key)}
        )
        count("StripeKeyOfOtherMode")
        raise Unavailable("secrets", retry_after=60)
    return key


def is_key_rolled(key: str) -> bool:
    """Fetch the key again at once, and return whether it is another than `key` now. For a key that
    Stripe refused: unlike a signature that fails, no caller can bring that about.
    """
    _key_secret().fetch()
    return stripe_key() != key


def mode_of(key: str) -> str | None:
    """Return the mode of a secret or restricted key, `test` or `live` (https://docs.stripe.com/keys).
    It is unknown for any other, such as an organization's key (`sk_org_…`), which acts for accounts
    of both modes.
    """
    match = _KEY.fullmatch(key)
    return match[1] if match else None


def deployment_is_live() -> bool:
    """Return whether the deployment is in live mode, which is that of the key it was deployed with
    (docs/decisions.md#one-mode-per-deployment).
    """
    return settings().livemode


class SigningSecrets(Struct, frozen=True):
    """What one kind of sender signs with: a member of a secret that holds nothing else."""

    _secret: Secret
    _member: str

    def values(self) -> list[str]:
        """Return the signing secrets, two for a sender whose secret is rolled.

        Raises `Unavailable("secrets")` if there is none, or if a live deployment still has the
        well-known secrets of a local run, with which anyone could sign.
        """
        found = self._secret.values(self._member)
        if any(entry.startswith(_LOCAL) for entry in found) and deployment_is_live():
            logger.error(
                "a live deployment has the secrets of a local run", extra={"secret": self._member}
            )
            raise Unavailable("secrets", retry_after=60)
        return found

    def passes(self, check: Callable[[Sequence[str]], bool]) -> bool:
        """Return whether a signature passes its check with these secrets. If it does not, they may
        have been rolled: they are fetched again, at most once a minute. Raises as `values` does.
        """
        return check(self.values()) or (self._secret.refresh() and check(self.values()))


def webhook_secrets() -> SigningSecrets:
    """Return the signing secrets of every webhook endpoint."""
    return SigningSecrets(secret(settings().webhook_secret), "STRIPE_WEBHOOK_SECRETS")


def app_secrets() -> SigningSecrets:
    """Return the signing secrets of the Stripe App."""
    return SigningSecrets(secret(settings().app_secret), "STRIPE_APP_SECRETS")


def _key_secret() -> Secret:
    return secret(settings().stripe_secret)
