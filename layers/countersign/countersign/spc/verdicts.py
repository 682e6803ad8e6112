"""What became of a ceremony, told to the merchant's server: from us, and not from the browser."""

from typing import Any

from countersign.aws.items import Item
from countersign.spc import ceremonies

_TOLD = ("browser_bound", "backed_up", "step_up_required", "authenticated_at", "credential_id")


def verdict(item: Item, now: int) -> dict[str, Any]:
    """The verdict of a payment ceremony; what is not known is null."""
    return {
        "ceremony_id": ceremonies.id_of(item),
        "status": ceremonies.status_of(item, now),
        "account_id": item["account_id"],
        "payer": item["payer"],
        "amount": item["amount"],
        "currency": item["currency"],
        "created": item["began_at"],
        "expires_at": item["ends_at"],
        **{name: item.get(name) for name in _TOLD},
    }
