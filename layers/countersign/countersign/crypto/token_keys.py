"""The keys that authenticate the deployment's own tokens."""

from countersign.aws.secrets import Secret, secret
from countersign.crypto.minted import is_minted
from countersign.settings import settings


def token_keys() -> list[str]:
    """Return the keys, both generations while one is rolled. Raises `Unavailable("secrets")`."""
    return _secret().values("TOKEN_KEY")


def is_ours(token: str, purpose: str) -> bool:
    """Return whether this deployment made a token for this purpose. Another instance may have a
    newer key already, so the keys are fetched again for an unknown token, at most once per minute.
    """
    if is_minted(token, purpose, token_keys()):
        return True
    return _secret().refresh() and is_minted(token, purpose, token_keys())


def _secret() -> Secret:
    return secret(settings().token_secret)
