"""What the rebuilding of one page of a list of Stripe's came to. Pure.

https://docs.stripe.com/api/pagination
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class RebuiltPage(Struct, frozen=True):
    """How many objects of the page are this deployment's, how many of them had not been stored as
    they are, and the object after which the next page begins, if there is one.
    """

    found: int
    repaired: int
    next: str | None

    @classmethod
    def of(cls, page: Mapping[str, Any], found: int, repaired: int) -> "RebuiltPage":
        """Return the result of a page as Stripe lists it."""
        return cls(found, repaired, page["data"][-1]["id"] if page["has_more"] else None)
