"""What merchants, their browsers and Stripe do with install links, and what is stored of it."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from countersign.installs.callback import Callback, parse_callback
from countersign.installs.connect_account import Connected, connect_account
from countersign.installs.context import Context
from countersign.installs.create_link import create_link
from countersign.installs.installation import SETTABLE, Installation
from countersign.installs.receive_event import receive_account_event
from countersign.installs.store import load
from countersign.stripe_api.events import StripeEvent, parse_event
from tests.support.clock import START
from tests.support.stripe_objects import thin
from tests.support.users import qualified
from tests.support.webhooks import signature

APP_ID, APPLICATION = "com.example.countersign", "ca_ours"
APP_SECRET, TOKEN_KEY = "absec_of_the_app", "the-token-key-of-the-tests"
USER, OTHER = qualified("user_1"), qualified("user_2")
ACCOUNT, SECOND_ACCOUNT = "acct_1SQbakery", "acct_1SQbookshop"
STRIPE_USER = "usr_1SQowner"
ORIGIN = "https://api.example.com"


@dataclass(frozen=True)
class Begun:
    """A link's state, and the cookies of the browser that it was made in."""

    state: str
    cookies: list[str]


def install_signature(
    state: str, user_id: str, account_id: str, secret: str = APP_SECRET, at: float = START
) -> str:
    """What Stripe signs, its JSON written by hand, in a header made by Stripe's SDK."""
    text = f'{{"state":"{state}","user_id":"{user_id}","account_id":"{account_id}"}}'
    return signature(text.encode(), secret, at)


def members(
    state: str,
    account_id: str = ACCOUNT,
    *,
    user_id: str = STRIPE_USER,
    secret: str = APP_SECRET,
    at: float = START,
    livemode: bool = False,
) -> dict[str, str]:
    """The callback's query after an installation; in live mode it does not name the mode."""
    found = {
        "user_id": user_id,
        "account_id": account_id,
        "state": state,
        "install_signature": install_signature(state, user_id, account_id, secret, at),
    }
    return found if livemode else found | {"livemode": "false"}


def state_of(url: str) -> str:
    """The state of an install link."""
    (state,) = parse_qs(urlsplit(url).query)["state"]
    return state


def begun(
    context: Context, user: str = USER, return_to: str = "", cookies: list[str] | None = None
) -> Begun:
    """A new link, created in a browser that has these cookies."""
    link = create_link(context, user, ORIGIN, return_to, cookies or [])
    return Begun(state_of(link.url), [link.cookie] if link.cookie else [])


def callback(state: str, account_id: str = ACCOUNT, **options: Any) -> Callback:
    """A callback, read from its query."""
    found = parse_callback(urlencode(members(state, account_id, **options)))
    assert isinstance(found, Callback)
    return found


def come_back(
    context: Context, link: Begun, account_id: str = ACCOUNT, **options: Any
) -> Connected:
    """The browser comes back from Stripe, where the app was installed."""
    return connect_account(context, callback(link.state, account_id, **options), link.cookies)


def connected(
    context: Context, user: str = USER, account_id: str = ACCOUNT, **options: Any
) -> Installation:
    """The whole way, from the link to the installation."""
    come_back(context, begun(context, user), account_id, **options)
    return load(context.table, account_id)


def application_event(
    name: str, at: int = START, event_id: str = "evt_1", *, account: str | None = ACCOUNT
) -> StripeEvent:
    """`account.application.authorized` or `.deauthorized`, of our application."""
    return StripeEvent(
        id=event_id,
        type=f"account.application.{name}",
        created=at,
        livemode=False,
        account=account,
        object={"id": APPLICATION, "object": "application", "name": "Countersign"},
    )


def in_thin_style(event: StripeEvent) -> StripeEvent:
    """The same happening as a destination of the other style sends it."""
    body = {
        "id": event.id,
        "type": event.type,
        "created": event.created,
        "livemode": event.livemode,
        "account": event.account,
        "data": {"object": event.object},
    }
    return parse_event(json.dumps(thin(body)).encode())


def told(
    context: Context, name: str, at: int = START, event_id: str = "evt_1", **options: Any
) -> str:
    """The outcome of an event that Stripe sends."""
    return receive_account_event(context, application_event(name, at, event_id, **options))


def members_set(installation: Installation) -> set[str]:
    """The names of what the holder has set, or the proof of it, that is still stored."""
    return {name for name in (*SETTABLE, "payee_proven") if getattr(installation, name)}


def standing(context: Context, account_id: str = ACCOUNT) -> str | None:
    """Who holds an account now."""
    found = load(context.table, account_id)
    return found.user if found.stands else None
