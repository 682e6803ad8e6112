"""The wait for the first response and the price of a million calls at each memory size."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.figures import Figure
from bench.start.emulator_log import Start
from bench.start.plan import CALLED, CALLS, DEFAULT, SIZES, Found, sized
from bench.start.tables import Table

MILLION = 1_000_000
TITLE = "Memory sizes"

Prices = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Size:
    """Seconds until the first response, and dollars for a million calls."""

    wait: float
    cost: float

    @property
    def product(self) -> float:
        """Price and wait in one number: the less the better."""
        return self.wait * self.cost


def memory_sizes(found: Found, prices: Prices) -> Table:
    """Return wait and price of each function at each size, what Stripe takes included."""
    of_starts = prices["starts"]

    def row(folder: str) -> tuple[str, list[Figure]]:
        sizes = {size: size_of(found[sized(folder, size)], size, prices) for size in SIZES}
        best = min(SIZES, key=lambda size: sizes[size].product)
        cells = (
            f"{1e3 * each.wait:5.0f} ms ${each.cost:5.2f}{'*' if size == best else ' '}"
            for size, each in sizes.items()
        )
        return f"{folder:<18}" + "   ".join(cells), _figures(folder, sizes)

    heading = (
        f"{TITLE} ({', '.join(map(str, SIZES))} MB): ms until the first response and $ per million"
        f" calls, of which {of_starts['share']:.1%} are first calls, with"
        f" {of_starts['stripe_seconds']} s for each request to Stripe (* least price x wait)"
    )
    return Table.of(heading, map(row, CALLED))


def _figures(folder: str, sizes: Mapping[int, Size]) -> list[Figure]:
    peer, default = f"price x wait at {DEFAULT} MB", sizes[DEFAULT].product
    return [
        Figure(
            TITLE,
            f"{folder}, {size} MB, ${each.cost:.2f} per million",
            1e3 * each.wait,
            "ms",
            ratio=each.product / default,
            peer=peer,
        )
        for size, each in sizes.items()
    ]


def size_of(starts: Sequence[Start], size: int, prices: Prices) -> Size:
    """Return what a person waits, and what Lambda bills for a million calls, starts included. The
    stand-in for Stripe answers at once; what Stripe itself takes is added.
    """
    of_starts, price = prices["starts"], prices["price"]
    stripe = of_starts["stripe_seconds"]
    by_init = stripe * statistics.median(each.asked_by_init for each in starts)
    by_call = stripe * statistics.median(each.asked_by_calls for each in starts) / CALLS
    wait = statistics.median(each.wait for each in starts) + by_init + by_call
    later = statistics.median(each.calls[1] for each in starts) + by_call
    seconds = of_starts["share"] * wait + (1 - of_starts["share"]) * later
    each = price["lambda_request"] + seconds * size / 1024 * price["lambda_gb_second"]
    return Size(wait, float(MILLION * each))
