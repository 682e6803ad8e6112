"""The keys that the deployment's own tokens are sealed with."""

from countersign.aws.secrets import Secret, secret
from countersign.crypto.minted import is_minted
from countersign.settings import settings


def token_keys() -> list[str]:
    """Both generations while one is rolled; raises `Unavailable("secrets")`."""
    return _secret().values("TOKEN_KEY")


def is_ours(token: str, purpose: str) -> bool:
    """Whether a token was made by this deployment for this purpose. Another instance may have the
    new key already: keys are fetched anew for a stranger, at most once a minute.
    """
    if is_minted(token, purpose, token_keys()):
        return True
    return _secret().refresh() and is_minted(token, purpose, token_keys())


def _secret() -> Secret:
    return secret(settings().token_secret)
