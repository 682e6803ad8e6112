"""The bundle as it is built, and a running service whose AWS and Stripe its functions call."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.build import built, bundle_hash
from local.places import Places
from local.progress import step
from tests.support.service import ROOT, Service, client, free_port, running_service

_TABLES = {"SESSIONS_TABLE": ("usual_sessions", "pk"), "IDEMPOTENCY_TABLE": ("usual_keys", "id")}
"""The tables of the usual handlers, with their keys."""


@dataclass(frozen=True)
class Deployed:
    """A build, the service that runs it, and the environment of each of its functions."""

    service: Service
    build: Path
    environments: Mapping[str, Mapping[str, str]]

    def environment(self, name: str) -> Mapping[str, str]:
        """Return what a function is deployed with. One of another build has what all of them have,
        and all have the tables of the usual handlers.
        """
        own = self.environments.get(name, self.environments["Pages"])
        return {**own, **{variable: table for variable, (table, _) in _TABLES.items()}}

    @property
    def issuer(self) -> str:
        """The issuer of access tokens."""
        return self.environments["SessionCreation"]["ISSUER"]

    def drop_webhooks(self) -> None:
        """Have the stand-in for Stripe drop its webhooks, so that nothing else works while a
        function is measured.
        """
        answer = self.service.http.post("/_local/stripe/_deliveries", json={"mode": "drop"})
        assert answer.is_success, answer.text

    def make_usual_tables(self) -> None:
        """Create the tables that the usual handlers write."""
        dynamodb = client(self.service, "dynamodb")
        for table, key in _TABLES.values():
            dynamodb.create_table(
                TableName=table,
                KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )


@contextmanager
def deployed() -> Iterator[Deployed]:
    """Yield the bundle, on a service in a folder of its own."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        with step("building what has changed, and starting the service"):
            service = stack.enter_context(running_service(home, free_port()))
        places = Places(ROOT, service.home)
        template = built(places, bundle_hash(places))
        assert template, "nothing is built"
        environments = json.loads((service.home / "env.json").read_text("utf-8"))
        yield Deployed(service, template.parent, environments)
