"""Users, each by one name: a subject (`sub`) means nothing without its issuer (OpenID Connect Core
1.0, section 2), so what we store of a user names both. Pure.

A qualified user is `<16 hex of the issuer's SHA-256>#<sub>`. Stripe, the operator and a merchant's
list of clients know the subject alone.
"""

import hashlib
import re

from countersign.settings import settings

_MARK = re.compile(r"[0-9a-f]{16}")


def qualify(issuer: str, subject: str) -> str:
    """Return the user whom an issuer calls by this subject. The issuer is taken as its tokens write
    it: one with a slash at the end is another.
    """
    return f"{hashlib.sha256(issuer.encode()).hexdigest()[:16]}#{subject}"


def user_of(subject: str) -> str:
    """Return the user whom the deployment's own issuer calls by this subject."""
    return qualify(settings().issuer, subject)


def subject_of(user: str) -> str:
    """Return the bare subject of a user."""
    return user.partition("#")[2]


def issuer_mark_of(user: str) -> str:
    """Return what stands for the issuer of a user."""
    return user.partition("#")[0]


def user_with_mark(issuer_mark: str | None, subject: str | None) -> str | None:
    """Return the user of an issuer's mark and a subject; `None` unless both are there."""
    if not subject or _MARK.fullmatch(issuer_mark or "") is None:
        return None
    return f"{issuer_mark}#{subject}"
