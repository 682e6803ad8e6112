"""The deployed stack with a proxy before every call of the functions that a fault can meet."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import httpx

from local.lock import read_run
from local.stack_resources import stack_resources
from tests.faults.workers import kill_worker
from tests.support.fault_proxy import FaultProxies, Front, unchanged
from tests.support.resigned import resigned
from tests.support.service import Service, client
from tests.support.threads import at_once

Peer = Literal["dynamodb", "eventbridge", "secretsmanager", "stripe"]
STAND_IN = "/_local/stripe"
PATIENCE = 180
"""Seconds that something may take to come about on a busy machine."""


@dataclass
class Stage:
    """A running service, its functions by their names in the template, and the fronts before what
    each of them calls.
    """

    service: Service
    functions: dict[str, str]
    tables: dict[str, str]
    fronts: dict[tuple[str, Peer], Front] = field(default_factory=dict)

    def front(self, function: str, peer: Peer) -> Front:
        """The proxy between a function and what it calls."""
        return self.fronts[function, peer]

    def clear(self) -> None:
        """Let every call through again."""
        for front in self.fronts.values():
            front.clear()

    @contextmanager
    def resigning(self, function: str) -> Iterator[None]:
        """AWS takes what a function signs whatever its clock, as long as the block lasts."""
        signed: tuple[Peer, ...] = ("dynamodb", "secretsmanager")
        fronts = {peer: self.fronts[function, peer] for peer in signed}
        for peer, front in fronts.items():
            front.changes = partial(resigned, target=front.target, service=peer)
        try:
            yield
        finally:
            for front in fronts.values():
                front.changes = unchanged

    def client(self, name: str) -> Any:
        """A client of the emulator."""
        return client(self.service, name)

    def variables(self, function: str) -> dict[str, str]:
        """The environment of a function as it is deployed now."""
        name = self.functions[function]
        found = self.client("lambda").get_function_configuration(FunctionName=name)
        return dict(found.get("Environment", {}).get("Variables", {}))

    def configure(self, function: str, variables: dict[str, str]) -> None:
        """Give a function this environment: its processes end, and new ones start."""
        self.client("lambda").update_function_configuration(
            FunctionName=self.functions[function], Environment={"Variables": variables}
        )

    @contextmanager
    def configured(self, function: str, **changed: str) -> Iterator[None]:
        """A function with other variables for as long as the block lasts."""
        before = self.variables(function)
        self.configure(function, before | changed)
        try:
            yield
        finally:
            self.configure(function, before)

    def stripe(self, path: str, **body: Any) -> Any:
        """The answer of one of the stand-in's controls."""
        answer = self.service.http.post(f"{STAND_IN}{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def ledger(self) -> dict[str, Any]:
        """What the stand-in holds true."""
        return dict(self.service.http.get(f"{STAND_IN}/_ledger").json())

    def deliveries(self, mode: str) -> None:
        """How webhooks are delivered from now on."""
        self.stripe("/_deliveries", mode=mode)

    def settle(self) -> None:
        """Let every webhook that is owed be delivered, those that failed without their next pause."""
        ends_at = time.monotonic() + PATIENCE
        hurried_at, tries = 0.0, -1
        while owed := self._owed():
            assert time.monotonic() < ends_at, owed
            # One that is on its way would be sent twice.
            tried = sum(entry["attempts"] for entry in owed)
            waits = tried > 0 or any(entry["state"] == "held" for entry in owed)
            if waits and tried != tries and time.monotonic() > hurried_at + 1:
                # What is pending is held and let go again, which sends it at once.
                self.deliveries("hold")
                self.deliveries("normal")
                hurried_at, tries = time.monotonic(), tried
            time.sleep(0.05)

    def warm(self, *functions: str) -> None:
        """Wait until each of these functions has a process that answers, all without a name."""
        http, nobody = self.service.http, self.service.as_user("nobody")
        chosen = [CHEAPEST[name] for name in functions or CHEAPEST]
        answers = at_once([partial(http.request, *asked, headers=nobody) for asked in chosen])
        failed = [answer for answer in answers if _has_failed(answer)]
        assert not failed, failed

    def _owed(self) -> list[dict[str, Any]]:
        found = self.service.http.get(f"{STAND_IN}/_deliveries").json()["data"]
        return [entry for entry in found if entry["state"] in ("pending", "held")]


@contextmanager
def staged(service: Service, faulty: dict[str, tuple[Peer, ...]]) -> Iterator[Stage]:
    """The stage; at its end, the functions are as they were."""
    emulator = read_run(service.home)["emulator"]
    stage = Stage(service, *_resources(service))
    proxies = FaultProxies(lambda port: kill_worker(port, emulator))
    before = {name: stage.variables(name) for name in faulty}
    try:
        for name, peers in faulty.items():
            changed = {}
            for peer in peers:
                front = stage.fronts[name, peer] = proxies.front(_address(service, peer))
                changed[_VARIABLES[peer]] = front.url.replace("127.0.0.1", "localhost")
            stage.configure(name, before[name] | changed)
        yield stage
    finally:
        for name, variables in before.items():
            stage.configure(name, variables)
        proxies.close()


CHEAPEST = {
    "SessionCreation": ("GET", "/verification-sessions"),
    "InstallCallback": ("GET", "/installations"),
    "WebhookReceipt": ("POST", "/webhook"),
}
"""A request to each function of the HTTP API that changes nothing."""
_VARIABLES: dict[Peer, str] = {
    "dynamodb": "AWS_ENDPOINT_URL_DYNAMODB",
    "eventbridge": "AWS_ENDPOINT_URL_EVENTBRIDGE",
    "secretsmanager": "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    "stripe": "STRIPE_API_BASE",
}


def _has_failed(answer: object) -> bool:
    return not isinstance(answer, httpx.Response) or answer.status_code >= 500


def _address(service: Service, peer: Peer) -> str:
    if peer == "stripe":
        return f"{service.url}{STAND_IN}"
    return f"http://127.0.0.1:{read_run(service.home)['emulator_port']}"


def _resources(service: Service) -> tuple[dict[str, str], dict[str, str]]:
    """The functions and the tables of the stack, by their names in the template."""
    found: dict[str, dict[str, str]] = {"AWS::Lambda::Function": {}, "AWS::DynamoDB::Table": {}}
    for resource in stack_resources(read_run(service.home)["emulator_port"]):
        if resource.type in found:
            found[resource.type][resource.name] = resource.id
    return found["AWS::Lambda::Function"], found["AWS::DynamoDB::Table"]
