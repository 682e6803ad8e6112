"""The tables of `bench.start.sizes`: the wait beside the usual handlers', and each size's price."""

import statistics
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.figures import Figure, keep
from bench.start.emulated import is_held
from bench.start.sizes import ROUNDS, SIZES, Found, Measured, usual_label

DEFAULT = 512
"""Megabytes of each function, as `template.yaml` has it."""
GOAL = 0.25
PEER = "session_creation"
"""Whose usual handler stands for those of functions that have none of their own."""
MILLION = 1_000_000
_PRICES = Path(__file__).parents[1] / "prices.toml"

Prices = Mapping[str, Mapping[str, Any]]


def report(found: Found) -> None:
    """Print both tables and keep their figures."""
    prices = tomllib.loads(_PRICES.read_text("utf-8"))
    how = "by a control group" if is_held() else "by its processor time, as no group can be made"
    print(f"\nInit at full speed, then calls at the size's share of a core, held {how}")
    figures = [*_waits(found), *_sizes(found, prices)]
    keep(figures)


def _waits(found: Found) -> Iterator[Figure]:
    """Print and yield the wait for the first response at the default size."""
    print(f"\nInit and first call, {DEFAULT} MB: ms, medians of {ROUNDS} [middle half]")
    for label, sizes in found.items():
        own = sizes[DEFAULT]
        has_peer = usual_label(label) in found
        peer = usual_label(label if has_peer else PEER)
        low, _, high = (1e3 * part for part in statistics.quantiles(own.waits, n=4))
        ratio = own.wait / found[peer][DEFAULT].wait
        init = statistics.median(each.init for each in own.starts)
        first = statistics.median(each.calls[0] for each in own.starts)
        beside = "" if label.startswith("usual ") else f"   {ratio:.2f} of {peer}"
        print(
            f"  {label:<24} {1e3 * own.wait:6.0f} [{low:.0f} to {high:.0f}]   init"
            f" {1e3 * init:5.0f}, first call {1e3 * first:5.0f}, second {1e3 * own.second:5.1f}"
            f"{beside}"
        )
        table, value = f"Init and first call, {DEFAULT} MB", 1e3 * own.wait
        if beside:
            goal = GOAL if has_peer else None
            yield Figure(table, label, value, "ms", (low, high), ratio, peer, goal)
        else:
            yield Figure(table, label, value, "ms", (low, high))


def _sizes(found: Found, prices: Prices) -> Iterator[Figure]:
    """Print and yield wait and price of our functions at each size, what Stripe takes included."""
    of_starts = prices["starts"]
    print(
        f"\nMemory sizes: ms until the first response and $ per million calls, of which"
        f" {of_starts['share']:.1%} are first calls; {of_starts['stripe_seconds']} s for each"
        " request to Stripe (* where price x wait is least)"
    )
    for label, sizes in found.items():
        if label.startswith("usual "):
            continue
        stripe = sizes[DEFAULT].stripe * of_starts["stripe_seconds"]
        waits = {size: each.wait + stripe for size, each in sizes.items()}
        costs = {size: cost(each, size, prices) for size, each in sizes.items()}
        best = min(SIZES, key=lambda size: waits[size] * costs[size])
        cells = (
            f"{1e3 * waits[size]:5.0f} ms ${costs[size]:5.2f}{'*' if size == best else ' '}"
            for size in SIZES
        )
        print(f"  {label:<18}" + "   ".join(cells))
        default = waits[DEFAULT] * costs[DEFAULT]
        for size in SIZES:
            name = f"{label}, {size} MB, ${costs[size]:.2f} per million"
            ratio, peer = waits[size] * costs[size] / default, f"price x wait at {DEFAULT} MB"
            yield Figure("Memory sizes", name, 1e3 * waits[size], "ms", None, ratio, peer)


def cost(measured: Measured, size: int, prices: Prices) -> float:
    """Return what Lambda bills for a million calls, starts included."""
    cold = prices["starts"]["share"]
    stripe = measured.stripe * prices["starts"]["stripe_seconds"]
    seconds = cold * measured.wait + (1 - cold) * measured.second + stripe
    price = prices["price"]
    each = price["lambda_request"] + seconds * size / 1024 * price["lambda_gb_second"]
    return float(MILLION * each)
