"""What a payment by each path asks of DynamoDB and of Stripe, how long our calls take beyond
Stripe's own, and what events of other payments cost, on a running service: the deployed tables, the
stand-in for Stripe, and the handlers called in this process.
"""

import json
import os
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from bench.figures import Figure, keep
from bench.payments.cost import print_cost
from bench.payments.foreign import foreign_events
from bench.payments.meter import Meter, Used
from bench.payments.paths import PATHS, Call, Till
from countersign.aws.telemetry import logger
from tests.support.service import Service, free_port, new_user, running_service
from tests.support.spc_service import Shop
from tools.functions import load_function

PAYMENTS = 12
"""So many by each path, after one that is not counted."""
MOST = {
    "device token": (21, 5),
    "SPC, trusted browser": (37, 5),
    "3-D Secure, frictionless": (21, 5),
    "3-D Secure, challenge": (27, 7),
}
"""Requests to DynamoDB and to Stripe that a payment may take, as docs/payments.md says."""


def main() -> None:
    """Print all of it."""
    with (
        tempfile.TemporaryDirectory() as home,
        running_service(Path(home), free_port()) as service,
        _till(service) as till,
    ):
        paths = _measure(till)
        _print_paths(paths)
        _print_times(list(chain.from_iterable(chain.from_iterable(paths.values()))))
        webhook = load_function("webhook_receipt").handler
        foreign = foreign_events(webhook, till.meter, till.shop.merchant.account)
        title = "An event of a payment that is not ours"
        print(f"\n{title}")
        for kind, (asked, most, stripe) in foreign.items():
            keep([Figure(title, f"{kind}, to DynamoDB", asked, "requests", goal=most)])
            print(f"  {kind:<25} {asked} DynamoDB (at most {most}), {stripe} Stripe (at most 0)")
            assert asked <= most
            assert stripe == 0
        print_cost({name: _total(payments[0]) for name, payments in paths.items()})


@contextmanager
def _till(service: Service) -> Iterator[Till]:
    """A merchant whose server is this process. Webhooks are left out, so that nobody else acts."""
    environment = json.loads((service.home / "env.json").read_text())
    for function in ("WebhookReceipt", "Payments"):
        os.environ.update(environment[function])
    logger.setLevel("CRITICAL")
    os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"
    shop, client = Shop.open(service), new_user("till")
    path = f"/installations/{shop.merchant.account}"
    changed = service.http.patch(path, headers=shop.merchant.headers, json={"clients": [client]})
    assert changed.is_success, changed.text
    service.http.post("/_local/stripe/_deliveries", json={"mode": "drop"})
    _wake_confirmations(service)
    yield Till(service, shop, load_function("payments").handler, Meter(), client)


def _wake_confirmations(service: Service) -> None:
    """Have the function of confirmations start: on a busy machine that takes longer than a call."""
    headers = service.as_user(new_user())
    for _ in range(5):
        if service.http.get("/spc-credentials", headers=headers).status_code == 200:
            return
    raise AssertionError("the function of confirmations does not start")


def _measure(till: Till) -> dict[str, list[list[Call]]]:
    """Return the calls of each payment by each path; the paths take turns."""
    found: dict[str, list[list[Call]]] = {name: [] for name in PATHS}
    for turn in range(PAYMENTS + 1):
        for name, path in PATHS.items():
            till.calls = []
            ended = path(till)
            assert ended["status"] == "succeeded", (name, ended)
            if turn:
                found[name].append(till.calls)
    return found


def _print_paths(paths: dict[str, list[list[Call]]]) -> None:
    title = f"One payment, on a running service (the most of {PAYMENTS})"
    print(f"\n{title}")
    for name, payments in paths.items():
        most = [max(map(_size, calls)) for calls in zip(*payments, strict=True)]
        each = ", ".join(
            f"{call.name} {dynamodb}+{stripe}"
            for call, (dynamodb, stripe) in zip(payments[0], most, strict=True)
        )
        dynamodb, stripe = (sum(counts) for counts in zip(*most, strict=True))
        print(f"  {name:<25} {dynamodb:>2} DynamoDB, {stripe:>2} Stripe  ({each})")
        to_dynamodb, to_stripe = MOST[name]
        keep(
            [
                Figure(title, f"{name}, to DynamoDB", dynamodb, "requests", goal=to_dynamodb),
                Figure(title, f"{name}, to Stripe", stripe, "requests", goal=to_stripe),
            ]
        )


def _print_times(calls: Sequence[Call]) -> None:
    """Times beyond Stripe's own; what DynamoDB itself takes of them is the floor."""
    title = "A call of a payment, beyond Stripe's own time"
    print(f"\n{title}, and of that the emulated DynamoDB's")
    for name in dict.fromkeys(call.name for call in calls):
        mine = [call for call in calls if call.name == name]
        beyond = [call.seconds - call.used.stripe_seconds for call in mine]
        floor = statistics.median(call.used.dynamodb_seconds for call in mine)
        low, median, high = (1000 * part for part in statistics.quantiles(beyond, n=4))
        print(
            f"  {name:<16} {median:7.1f} ms  [{low:.1f} to {high:.1f}]"
            f"  DynamoDB {1000 * floor:.1f} ms, {median / 1000 / floor:.2f} of that floor"
        )
        ratio = median / 1000 / floor
        keep([Figure(title, name, median, "ms", (low, high), ratio, "the emulated DynamoDB's")])


def _size(call: Call) -> tuple[int, int]:
    return call.used.dynamodb, call.used.stripe


def _total(calls: Sequence[Call]) -> tuple[int, Used]:
    """Return how many calls a payment took, and what they used."""
    used = Used()
    for call in calls:
        used = used.plus(call.used)
    return len(calls), used


if __name__ == "__main__":
    main()
