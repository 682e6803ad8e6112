"""What can be used once: the state of an install link, and the confirmation of an installation.

Both are stored under a hash of the token, with `expires_at` (Unix seconds), and with `used_for`
once they are used (docs/decisions.md#tokens-that-cost-no-read).
"""

from countersign.aws.changes import Change
from countersign.crypto.minted import fingerprint

LASTS = 900
"""Seconds that a link, and a confirmation, can be used."""
REMEMBERED = 24 * 3600
"""Seconds that a used one is kept, so that a reload shows the same page."""


def token_key(kind: str, token: str) -> str:
    """Return the key of a token's item; the token itself is not stored."""
    return f"{kind}#{fingerprint(token)}"


def use_up_change(pk: str, used_for: str, now: int) -> Change:
    """Return the change that uses a token up, on the condition that nobody has done so."""
    return Change(
        pk,
        "SET used_for = :use, expires_at = :later",
        "attribute_exists(pk) AND attribute_not_exists(used_for) AND expires_at > :now",
        {":use": used_for, ":later": now + REMEMBERED, ":now": now},
    )
