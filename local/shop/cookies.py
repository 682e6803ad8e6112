"""The cookies of the shop, none of which a script can read."""

from starlette.responses import Response

PAYER = "shop_payer"
"""The payer's handle; a real shop keeps it in the customer's account."""
CUSTOMER = "shop_customer"
"""The session of who is signed in at the shop."""
ORDER = "shop_order"
"""The order that is being paid, for who closes the page and comes back."""
_AGE = 180 * 24 * 3600


def keep_payer(response: Response, payer: str) -> None:
    """Have the browser keep a payer's handle for half a year."""
    response.set_cookie(PAYER, payer, max_age=_AGE, httponly=True, samesite="strict")


def forget_payer(response: Response) -> None:
    """Have the browser forget the payer's handle."""
    response.delete_cookie(PAYER, httponly=True, samesite="strict")


def keep_customer(response: Response, session: str) -> None:
    """Have the browser keep a customer's session until it is closed."""
    response.set_cookie(CUSTOMER, session, httponly=True, samesite="strict")


def forget_customer(response: Response) -> None:
    """Have the browser forget the customer's session."""
    response.delete_cookie(CUSTOMER, httponly=True, samesite="strict")


def keep_order(response: Response, order_id: str) -> None:
    """Have the browser keep the order that is being paid, for a day."""
    response.set_cookie(ORDER, order_id, max_age=24 * 3600, httponly=True, samesite="strict")


def forget_order(response: Response) -> None:
    """Have the browser forget the order, which has ended."""
    response.delete_cookie(ORDER, httponly=True, samesite="strict")
