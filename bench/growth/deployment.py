"""The functions in this process over tables in memory, and the stand-in for Stripe."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.growth.metered_dynamodb import MeteredDynamoDB, deployed_indexes
from bench.payments.meter import Used, watch_stripe
from countersign import context
from countersign.aws import table
from countersign.aws.telemetry import logger
from tests.support import quick_secrets
from tests.support.bundle import Bundle, environment
from tests.support.clock import Clock
from tests.support.install_bundle import INSTALL_SECRETS
from tests.support.payments_bundle import PaymentsBundle
from tests.support.processes import forget_everything
from tests.support.quick_secrets import put_secret
from tests.support.stand_in import StandIn
from tests.support.stand_in_servers import FrontDoor, Receiver
from tests.support.step_up_bundle import GooglePay, step_up_environment

_TABLES = {
    "identity": "IdentityTable",
    "installs": "InstallsTable",
    "spc": "SpcTable",
    "step-up": "StepUpTable",
    "payments": "PaymentsTable",
}
"""What each table is called here, and in `template.yaml`."""


@dataclass(frozen=True)
class Deployment:
    """One merchant's shop, and the calls that people and businesses make."""

    sessions: Bundle
    shop: PaymentsBundle
    dynamodb: MeteredDynamoDB
    clock: Clock

    def take(self) -> Used:
        """Return what was asked for since then, and have the next call begin with a second."""
        self.clock.now = int(self.clock.now)
        found, self.dynamodb.used = self.dynamodb.used, Used()
        return found


@contextmanager
def deployment() -> Iterator[Deployment]:
    """Yield a deployment with empty tables but for its merchant."""
    door = FrontDoor()
    with quick_secrets.serving(), tempfile.TemporaryDirectory() as folder:
        forget_everything()
        door.open()
        nowhere = Receiver("http://127.0.0.1:9/")
        stand_in = StandIn(door, nowhere, Path(folder), redaction_delay=0.0)
        stand_in.start()
        stand_in.mode("drop")
        clock = Clock(time.time())
        clock.ticks = 0.5  # whenever it is read, so that a call takes the same on any machine
        context.time = clock  # type: ignore[attr-defined, assignment]
        google = GooglePay()
        os.environ.update(_environment(door.url, google))
        logger.setLevel("CRITICAL")
        dynamodb: Any = MeteredDynamoDB(deployed_indexes(_TABLES))
        table._client = lambda: dynamodb  # type: ignore[assignment]
        shop = PaymentsBundle(stand_in, dynamodb, dict)
        shop.google = google
        shop.open_shop()
        shop.learn(country="US", country_at=int(time.time()))
        found = Deployment(Bundle(stand_in, dict), shop, dynamodb, clock)

        def note(seconds: float) -> None:
            dynamodb.used.stripe += 1

        watch_stripe(note)
        yield found
        stand_in.stop()
        door.close()


def _environment(stripe: str, google: GooglePay) -> dict[str, str]:
    arns = {name: put_secret(f"growth-{name}", **each) for name, each in INSTALL_SECRETS.items()}
    key = put_secret("growth-google-pay", GOOGLE_PAY_PRIVATE_KEYS=google.private_key)
    return (
        environment("identity", stripe, {})
        | step_up_environment(stripe, arns, key, google)
        | {"POWERTOOLS_METRICS_DISABLED": "true", "POWERTOOLS_SERVICE_NAME": "countersign"}
    )
