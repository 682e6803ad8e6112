"""The clients of Stripe's SDK, over one pool of connections.

The SDK's own time limit is 80 s and a client retries nothing, while API Gateway gives up after
30 s. Here a try may take 6 s and is repeated once. The SDK is imported when a client is first
needed: most invocations of the webhook need none, and the import takes about 100 ms
(docs/decisions.md#a-cold-start-loads-what-it-needs).
"""

import logging
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from countersign.http import deadline
from countersign.problems import Unavailable
from countersign.settings import settings
from countersign.stripe_api.keys import stripe_key

if TYPE_CHECKING:
    import stripe

TIMEOUT = (1.5, 4.5)
"""Seconds to connect and to wait for a response, for each try."""
RETRIES = 1

SdkPart = tuple[str, str]
"""A service of a client, below `v1`, and the class of what it answers with."""


def client_for(
    key: str, account: str | None = None, once: float | None = None
) -> "stripe.StripeClient":
    """Return a client for one account over the one connection pool; making it takes 11 µs. With
    `once` it tries once only, for at most so many seconds and what is left for this request.
    """
    api_base = settings().stripe_api_base
    return sdk().StripeClient(  # type: ignore[no-any-return]
        key,
        stripe_account=account,
        base_addresses={"api": api_base} if api_base else {},
        max_network_retries=RETRIES if once is None else 0,
        http_client=_connections() if once is None else _single_try(once),
    )


def connect(*parts: SdkPart) -> None:
    """Import what calls of these parts need of the SDK, and open a connection to Stripe, for a
    function that is about to need both (`prepare`). The request for it has no key, and Stripe
    refuses it.

    Raises `Unavailable` where Stripe is not reached.
    """
    client = client_for(stripe_key())
    for service, answer in parts:
        attrgetter(service)(client.v1)
        attrgetter(answer)(sdk())
    try:
        api_base = settings().stripe_api_base or sdk().DEFAULT_API_BASE
        _connections().request("HEAD", f"{api_base}/v1", {})
    except sdk().APIConnectionError:
        raise Unavailable("stripe") from None


def sdk() -> Any:
    """Return Stripe's SDK, which is kept from logging.

    At INFO, Lambda's own level, it logs whole URLs and Stripe's messages, with user ids and e-mail
    addresses (docs/decisions.md#never-stored-or-logged).
    """
    import stripe

    logging.getLogger("stripe").setLevel(logging.CRITICAL)
    return stripe


@lru_cache(maxsize=1)
def _connections() -> Any:
    return sdk().RequestsClient(timeout=TIMEOUT, session=_session())


def _single_try(seconds: float) -> Any:
    """Return the connections with the time limit of one try, within what is left for the request
    less the second in which it is stored what became of it.
    """
    left = max(min(seconds, deadline.remaining() - TIMEOUT[0] - 1), 0.5)
    return sdk().RequestsClient(timeout=(TIMEOUT[0], left), session=_session())


@lru_cache(maxsize=1)
def _session() -> Any:
    """Return the one pool of connections to Stripe."""
    import requests

    return requests.Session()
