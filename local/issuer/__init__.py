"""The OpenID Connect issuer of one machine."""

from local.issuer.app import create_issuer
from local.issuer.tokens import TokenMaker, load_key

__all__ = ["TokenMaker", "create_issuer", "load_key"]
