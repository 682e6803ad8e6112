"""The merchant whose pages may frame ours. Pure."""

from msgspec import Struct


class Framing(Struct, frozen=True):
    """The merchant with this account, as it is installed now, and its checkout origins, which may
    frame our page. A capability does not know installations: a function gives it this.
    """

    account_id: str
    installation: str
    checkout_origins: tuple[str, ...]


NOBODY = Framing("", "", ())
"""Nobody frames our page."""
