"""Identifiers in Stripe's form: a prefix, an underscore, letters and digits without an order."""

import secrets
import string

_ALPHABET = string.ascii_letters + string.digits


def token(length: int) -> str:
    """Return unguessable letters and digits."""
    # One number for all of them: a choice for each takes ten times as long.
    number, found = secrets.randbelow(len(_ALPHABET) ** length), []
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHABET))
        found.append(_ALPHABET[digit])
    return "".join(found)


def new_id(prefix: str) -> str:
    return f"{prefix}_1{token(23)}"


def new_request_id() -> str:
    return f"req_{token(14)}"
