"""Users in the log: each by a pseudonym that only this deployment can make. A plain hash would tell
whoever reads a log and knows a user whether they are in it.
"""

import hmac

from countersign.crypto.token_keys import token_keys


def pseudonym_of(user: str) -> str:
    """Return what a user is called in the log: the same each time until the token key is rolled.
    Raises `Unavailable("secrets")`.
    """
    return hmac.digest(token_keys()[0].encode(), f"log\0{user}".encode(), "sha256").hex()[:32]
