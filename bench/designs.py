"""What a million of each operation cost, beside the usual designs of the same job: ours as it is
counted on tables in memory, theirs as `designs.toml` assumes, both by the prices of `prices.toml`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figures import Figure, keep
from bench.growth.deployment import Deployment, deployment
from bench.growth.operations import OPERATIONS, new_person

MILLION = 1_000_000
OURS = "ours"


@dataclass(frozen=True)
class Job:
    """One operation: what it is in `bench.growth`, how many calls it is, and which assumptions of
    `prices.toml` say how long one takes and how much it logs.
    """

    parts: Sequence[str]
    calls: int
    seconds: str
    log_bytes: str


JOBS: Mapping[str, Job] = {
    "webhook": Job(["webhook, verified"], 1, "webhook_seconds", "webhook_log_bytes"),
    "session creation": Job(["session creation"], 1, "session_seconds", "call_log_bytes"),
    "SPC confirmation": Job(
        ["SPC request", "SPC confirmation"], 2, "confirmation_seconds", "call_log_bytes"
    ),
    "step-up decision": Job(["step-up decision"], 1, "decision_seconds", "call_log_bytes"),
    "payment by a device token": Job(
        ["payment, device token"], 2, "payment_call_seconds", "payment_log_bytes"
    ),
}


@dataclass(frozen=True)
class Design:
    """What one operation needs: units of DynamoDB, executions of functions for each call, and
    requests to a queue.
    """

    operation: str
    name: str
    reads: float
    writes: float
    invocations: float = 1
    queue_requests: float = 0
    assumes: str = ""


Line = tuple[str, float, float]
"""What is paid for, how much of it a million need, and what that costs in dollars."""


def main() -> None:
    """Print the sums of all, and the lines of the webhook."""
    prices = tomllib.loads(_file("prices.toml"))
    title = f"A million of each, {prices['region']}, prices of {prices['read_on']}"
    print(f"\n{title}")
    with deployment() as deployed:
        ours = {name: _counted(deployed, name, job.parts) for name, job in JOBS.items()}
    for name, usual in usual_designs().items():
        designs = [ours[name], *usual]
        found = {each.name: lines_of(prices, JOBS[name], each) for each in designs}
        if name == "webhook":
            _print_lines(found)
        keep(figures(title, name, {each: _sum(lines) for each, lines in found.items()}))
        for each in designs:
            units = f"{each.reads:g} read and {each.writes:g} written units"
            print(f"  {name:<26} {each.name:<30} ${_sum(found[each.name]):6.2f}  {units}")


def usual_designs() -> dict[str, list[Design]]:
    """Return the usual designs of each operation."""
    found: dict[str, list[Design]] = {name: [] for name in JOBS}
    for members in tomllib.loads(_file("designs.toml"))["design"]:
        found[members["operation"]].append(Design(**members))
    return found


def lines_of(prices: Mapping[str, Any], job: Job, design: Design) -> list[Line]:
    """Return what a million need and cost, line by line."""
    price, assumed = prices["price"], prices["assumed"]
    seconds = job.calls * assumed[job.seconds]
    needs = (
        ("HTTP API, requests", job.calls, price["http_api_request"]),
        ("queue, requests", design.queue_requests, price["sqs_request"]),
        ("Lambda, invocations", job.calls * design.invocations, price["lambda_request"]),
        ("Lambda, seconds", seconds, price["lambda_gb_second"] * assumed["memory_gb"]),
        ("DynamoDB, units read", design.reads, price["dynamodb_read_unit"]),
        ("DynamoDB, units written", design.writes, price["dynamodb_write_unit"]),
        ("logs, bytes", job.calls * assumed[job.log_bytes], price["log_gigabyte"] / 1e9),
    )
    return [(name, MILLION * number, MILLION * number * each) for name, number, each in needs]


def figures(title: str, operation: str, sums: Mapping[str, float]) -> list[Figure]:
    """Return the sums of an operation, ours beside the cheapest of the others."""
    usual = {name: dollars for name, dollars in sums.items() if name != OURS}
    cheapest = min(usual, key=lambda name: usual[name])
    unit, part = "$ per million", sums[OURS] / usual[cheapest]
    mine = Figure(
        title, f"{operation}, {OURS}", sums[OURS], unit, None, part, f"“{cheapest}”", goal=1
    )
    theirs = (Figure(title, f"{operation}, {name}", each, unit) for name, each in usual.items())
    return [mine, *theirs]


def _counted(deployed: Deployment, name: str, parts: Sequence[str]) -> Design:
    """Return what ours takes, of a merchant who is known already."""
    reads = writes = 0.0
    for part in parts:
        for _ in range(2):  # the first also reads once what is kept of a merchant
            call = OPERATIONS[part](deployed, new_person())
            deployed.take()
            call()
            used = deployed.take()
        reads, writes = reads + used.reads, writes + used.writes
    return Design(name, OURS, reads, writes)


def _print_lines(found: Mapping[str, Sequence[Line]]) -> None:
    print("  " + " " * 24 + "".join(f"{name:>34}" for name in found))
    for lines in zip(*found.values(), strict=True):
        cells = (f"{number:>22,.0f} ${dollars:>10.2f}" for _, number, dollars in lines)
        print(f"  {lines[0][0]:<24}" + "".join(cells))


def _sum(lines: Sequence[Line]) -> float:
    return sum(dollars for _, _, dollars in lines)


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


if __name__ == "__main__":
    main()
