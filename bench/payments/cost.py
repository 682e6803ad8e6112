"""What a thousand payments cost by the prices in prices.toml, beside Stripe's own fee.

Requests and units of DynamoDB are measured in the same run. What Lambda bills, and how many events
Stripe sends about a payment, are assumed, in prices.toml too.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from bench.figures import Figure, keep
from bench.payments.meter import Used

_PRICES = Path(__file__).parent.parent / "prices.toml"
_SWEEPS = 30 * 24 * 60
"""In a month."""


def print_cost(paths: Mapping[str, tuple[int, Used]]) -> None:
    """Print what payments by each path cost, and the sweep of a month in which nothing is due."""
    prices = tomllib.loads(_PRICES.read_text())
    price, assumed = prices["price"], prices["assumed"]
    title = f"Payments, {prices['region']}, prices of {prices['read_on']}"
    print(f"\nA thousand {title}")
    for name, (calls, used) in paths.items():
        dollars = 1000 * payment(price, assumed, calls, used)
        print(f"  {name:<25} ${dollars:.3f}")
        keep([Figure(title, name, 1000 * dollars, "$ per million")])
    print(f"  and the sweeps of a month in which nothing is due ${month(price, assumed):.2f}")


def payment(
    price: Mapping[str, float], assumed: Mapping[str, float], calls: int, used: Used
) -> float:
    """Return the dollars of one payment: its calls, the events about it, and what they wake."""
    second = price["lambda_gb_second"] * assumed["memory_gb"]
    call = price["http_api_request"] + price["lambda_request"]
    events = assumed["payment_events"]
    units = used.reads * price["dynamodb_read_unit"] + used.writes * price["dynamodb_write_unit"]
    log = price["log_gigabyte"] / 1e9
    return (
        calls * (call + assumed["payment_call_seconds"] * second)
        + units
        + events * (call + assumed["webhook_seconds"] * second + price["dynamodb_write_unit"])
        + (calls * assumed["payment_log_bytes"] + events * assumed["webhook_log_bytes"]) * log
        + assumed["payment_told"] * price["eventbridge_event"]
    )


def month(price: Mapping[str, float], assumed: Mapping[str, float]) -> float:
    """Return the dollars of the sweeps of a month: each asks the 16 shards of the index."""
    second = price["lambda_gb_second"] * assumed["memory_gb"]
    queries = 16 * 0.5 * price["dynamodb_read_unit"]
    return _SWEEPS * (price["lambda_request"] + assumed["sweep_seconds"] * second + queries)
