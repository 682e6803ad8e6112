"""Start and first call of each built function, at the processor share of a memory size."""

import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.first_call.share import held_to, share_of
from bench.first_call.traffic import events_of
from local.build import built, bundle_hash
from local.places import Places
from tests.support.service import ROOT, free_port, running_service

MEMORY = 512
ROUNDS = 2
CALLS = 3
"""The first call, the second, which the first is compared with, and one more."""
FUNCTIONS = {
    "session_creation": "SessionCreation",
    "install_callback": "InstallCallback",
    "spc_verification": "SpcVerification",
    "step_up_decision": "StepUpDecision",
    "webhook_receipt": "WebhookReceipt",
    "pages": "Pages",
}


def main() -> None:
    """Print the medians for each function."""
    with tempfile.TemporaryDirectory() as home, running_service(Path(home), free_port()) as service:
        template = built(Places(ROOT, service.home), bundle_hash(Places(ROOT, service.home)))
        assert template, "nothing is built"
        environments = json.loads((service.home / "env.json").read_text("utf-8"))
        rounds: dict[str, list[Mapping[str, Any]]] = {folder: [] for folder in FUNCTIONS}
        for _ in range(ROUNDS):
            issuer = environments["SessionCreation"]["ISSUER"]
            for folder, events in events_of(service, issuer, CALLS).items():
                name = FUNCTIONS[folder]
                found = measured(template.parent, name, environments[name], events)
                rounds[folder].append(found)
        report(rounds)


def measured(
    build: Path, name: str, environment: Mapping[str, str], events: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Start a function in a process of its own, call it with these events, and return the times."""
    task, layer = build / name, build / "CountersignLayer" / "python"
    own = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(layer),
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    }
    with (
        tempfile.NamedTemporaryFile("w", suffix=".json") as file,
        held_to(share_of(MEMORY)) as group,
    ):
        json.dump(list(events), file)
        file.flush()
        script = Path(__file__).with_name("held.py")
        python = ROOT / ".local" / "runtime" / "bin" / "python"
        done = subprocess.run(
            [python, script, file.name, str(group or "")],
            cwd=task,
            env={**environment, **own},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def report(rounds: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Print the start, the first and the second call, and how they compare."""
    print(f"\nStart and first call with the share of {MEMORY} MB, in ms (medians of {ROUNDS})")
    for folder, found in rounds.items():
        start = statistics.median(each["start"] for each in found)
        first = statistics.median(each["calls"][0] for each in found)
        second = statistics.median(each["calls"][1] for each in found)
        statuses = sorted({status for each in found for status in each["statuses"]})
        print(
            f"  {folder:<18} start {start * 1e3:6.0f}   first {first * 1e3:6.0f}"
            f"   second {second * 1e3:6.1f}   {first / second:5.1f} times   {statuses}"
        )


if __name__ == "__main__":
    main()
