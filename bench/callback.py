"""The handler of an install link's callback, storage in memory, beside one check of a signature."""

import os
import time
from functools import partial
from typing import Any
from urllib.parse import urlencode

import stripe

from bench.timing import CALLS, ROUNDS, compare, report
from countersign.aws import table
from countersign.installs import link_state
from countersign.installs.install_signature import is_install_signed, signed_text
from tests.support import storage
from tests.support.gateway import LambdaContext, http_event
from tests.support.quick_dynamodb import QuickDynamoDB
from tools.functions import load_function

SECRET = "absec_bench_0123456789"
COOKIE = "__Host-countersign-install"


def main() -> None:
    """Print both, and how many signature checks a callback costs."""
    with storage.aws():
        quick = QuickDynamoDB("installs")
        table._client = lambda: quick  # type: ignore[assignment]
        os.environ.update(_environment())
        handler = load_function("install_callback").handler
        cookie = link_state.browser_cookie([])
        events = iter([_event(number, cookie) for number in range(ROUNDS * CALLS + 1)])

        def callback() -> None:
            assert handler(next(events), LambdaContext())["statusCode"] == 303

        callback()
        header = _header("s" * 43, "acct_1")
        peer = "one signature check"
        told = ("s" * 43, "usr_1", "acct_1")
        check = partial(is_install_signed, header, *told, [SECRET], time.time())
        assert check()
        found = compare({"countersign: callback handler": callback, peer: check})
        report("One callback, without the network", found, peer)


def _environment() -> dict[str, str]:
    return {
        "DEPLOYMENT": "bench",
        "STRIPE_MODE": "test",
        "INSTALLS_TABLE": "installs",
        "APP_SECRET": storage.put_secret("bench-app", STRIPE_APP_SECRETS=SECRET),
        "TOKEN_SECRET": storage.put_secret("bench-token", TOKEN_KEY="k" * 64),
        "STRIPE_APP_ID": "com.example.bench",
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    }


def _event(number: int, cookie: str) -> dict[str, Any]:
    account = f"acct_bench{number}"
    state = link_state.store_state(
        table.table("installs"), f"user-{number}", "", cookie, int(time.time())
    )
    query = {
        "user_id": "usr_1",
        "account_id": account,
        "state": state,
        "install_signature": _header(state, account),
        "livemode": "false",
    }
    event = http_event("GET", "/callback/stripe", headers={"cookie": f"{COOKIE}={cookie}"})
    return event | {"rawQueryString": urlencode(query)}


def _header(state: str, account: str) -> str:
    text = signed_text(state, "usr_1", account).decode()
    return str(stripe.WebhookSignature.generate_signature_header(text, SECRET))


if __name__ == "__main__":
    main()
