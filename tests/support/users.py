"""The issuer of the tests' tokens, and its users."""

from countersign.crypto.users import qualify

ISSUER = "https://issuer.example.com"
ISSUER_MARK = qualify(ISSUER, "").removesuffix("#")


def qualified(subject: str) -> str:
    """The user whom the tests' issuer calls by this subject."""
    return qualify(ISSUER, subject)
