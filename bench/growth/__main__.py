"""What each call asks of DynamoDB and of Stripe with 100, 10,000 and 100,000 people stored."""

from bench.figures import Figure, keep
from bench.growth.deployment import Deployment, deployment
from bench.growth.operations import OPERATIONS, new_person
from bench.growth.population import copy, settle
from bench.payments.meter import Used

SIZES = (100, 10_000, 100_000)
CALLS = 3
"""So many of each kind at each size; the most that one took counts."""
TITLE = f"A call with {SIZES[0]:,}, {SIZES[1]:,} and {SIZES[2]:,} people stored"


def main() -> None:
    """Print what each takes at each size, and whether what all share has grown."""
    with deployment() as deployed:
        people, grown = settle(deployed, SIZES[0])
        found: dict[str, list[Used]] = {name: [] for name in OPERATIONS}
        for before, people_stored in zip((SIZES[0], *SIZES), SIZES, strict=False):
            copy(deployed, people, before, people_stored)
            for name in OPERATIONS:
                found[name].append(_most(deployed, name))
    print(f"\n{TITLE}")
    for name, used in found.items():
        print(f"  {name:<20} " + "   ".join(map(_told, used)))
        keep([figure(name, used)])
    print(f"  what all of them share has grown by {grown} bytes from 1 to {SIZES[0]} people")
    keep([Figure(TITLE, "items that all share, growth", grown, "bytes", goal=0)])


def _most(deployed: Deployment, name: str) -> Used:
    """Return the most that a call of this kind took, part by part."""
    found = []
    for _ in range(CALLS):
        call = OPERATIONS[name](deployed, new_person())
        deployed.take()
        call()
        found.append(vars(deployed.take()))
    return Used(**{part: max(each[part] for each in found) for part in found[0]})


def _told(used: Used) -> str:
    return f"{used.dynamodb:>2} requests, {used.reads:g}r {used.writes:g}w, {used.stripe} Stripe"


def figure(name: str, used: list[Used]) -> Figure:
    """Return what a call takes, and the most times as much of anything that it takes with more."""
    few, *more = used
    most = max(_times(vars(few)[part], vars(each)[part]) for each in more for part in vars(few))
    units = f"units: {few.reads:g} read, {few.writes:g} written; Stripe: {few.stripe}"
    peer = f"those with {SIZES[0]}"
    return Figure(TITLE, f"{name} ({units})", few.dynamodb, "requests", None, most, peer, 1)


def _times(few: float, many: float) -> float:
    """Return how many times as much it is. Where it was nothing, anything is too much."""
    return many / few if few else 1 + many


if __name__ == "__main__":
    main()
