"""What a million of Stripe's events cost, by the prices in prices.toml: before domain events
and reconciliation, and with both.

What is counted is measured in the same run (`bench.events`) or is a constant of the code; what
Lambda bills cannot be measured here, so its seconds are assumed, in prices.toml too.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.events import CHANGES, Published, publish_a_day
from bench.figures import Figure, keep
from countersign.reconciliation.windows import OVERLAP

MILLION = 1_000_000
SCHEDULE = 600
"""Seconds between two runs of reconciliation (`ReconciliationSchedule`)."""
_PRICES = Path(__file__).parent / "prices.toml"


@dataclass(frozen=True)
class Line:
    """One thing that is paid for: what a million events need of it, and its price in dollars."""

    name: str
    number: float
    price: float
    is_new: bool

    @property
    def dollars(self) -> float:
        return self.number * self.price


def main() -> None:
    """Print each line, and both sums."""
    prices = tomllib.loads(_PRICES.read_text())
    lines = lines_of(prices["price"], prices["assumed"], publish_a_day())
    title = f"Stripe's events, {prices['region']}, prices of {prices['read_on']}"
    print(f"\nA million of {title}")
    for line in lines:
        mark = "+" if line.is_new else " "
        print(f"  {mark} {line.name:<58} {line.number:14,.0f}  ${line.dollars:5.2f}")
    before = sum(line.dollars for line in lines if not line.is_new)
    after = sum(line.dollars for line in lines)
    print(f"  without domain events and reconciliation ${before:.2f}, with them ${after:.2f}")
    keep(
        Figure(title, name, dollars, "$ per million")
        for name, dollars in (
            ("without domain events and reconciliation", before),
            ("with both", after),
        )
    )


def lines_of(price: dict[str, float], assumed: dict[str, Any], published: Published) -> list[Line]:
    """Return what a million events need. A change is a webhook's one write, and each is in one
    batch; reconciliation reads an event in every run of the overlap, and each time its session,
    unless another event of the same read has it too.
    """
    told, indexed = published.told / CHANGES, published.indexed / CHANGES
    batches = 1 / assumed["busy_batch"]
    reads = 1 + OVERLAP / SCHEDULE
    gigabyte_second = price["lambda_gb_second"] * assumed["memory_gb"]
    log = price["log_gigabyte"] / 1e9
    of_webhooks = [
        ("HTTP API, requests", 1.0, price["http_api_request"]),
        ("Lambda, invocations by webhooks", 1.0, price["lambda_request"]),
        ("Lambda, seconds of webhooks", assumed["webhook_seconds"], gigabyte_second),
        ("DynamoDB, writes", 1.0, price["dynamodb_write_unit"]),
        ("logs of webhooks, bytes", assumed["webhook_log_bytes"], log),
    ]
    of_the_rest = [
        ("DynamoDB, writes of the index of what is due", indexed, price["dynamodb_write_unit"]),
        ("Lambda, batches of changes", batches, price["lambda_request"]),
        ("Lambda, seconds of batches", batches * assumed["batch_seconds"], gigabyte_second),
        ("EventBridge, domain events", told, price["eventbridge_event"]),
        ("logs of batches, bytes", batches * assumed["batch_log_bytes"], log),
        ("DynamoDB, sessions of events read again", reads, price["dynamodb_read_unit"]),
        ("Lambda, seconds of reading", reads * assumed["read_event_seconds"], gigabyte_second),
    ]  # fmt: skip
    return [
        Line(name, number * MILLION, each, is_new)
        for is_new, group in ((False, of_webhooks), (True, of_the_rest))
        for name, number, each in group
    ]


if __name__ == "__main__":
    main()
