"""The keys that the deployment's own tokens are sealed with."""

from countersign.secrets import secret
from countersign.settings import settings


def token_keys() -> list[str]:
    """Both generations while one is rolled; raises `Unavailable("secrets")`."""
    return secret(settings().token_secret).values("TOKEN_KEY")
