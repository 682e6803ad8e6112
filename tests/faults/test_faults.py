"""Whatever fails on the way, what is stored is what Stripe holds true, and nothing is done twice. The
long form is `make faults`; times are never asserted, counts are.
"""

from collections.abc import Iterator

import pytest

from tests.faults import call_faults as call_faults
from tests.faults import clock_faults as clock_faults
from tests.faults import delivery_faults as delivery_faults
from tests.faults import process_faults as process_faults
from tests.faults import publication_faults as publication_faults
from tests.faults import reconciliation_faults as reconciliation_faults
from tests.faults import secret_faults as secret_faults
from tests.faults.registry import CASES, run, table
from tests.faults.stage import Peer, Stage, staged
from tests.support.service import Service

SEED = 11
FAULTY: dict[str, tuple[Peer, ...]] = {
    "SessionCreation": ("dynamodb", "stripe"),
    "InstallCallback": ("dynamodb", "stripe"),
    "WebhookReceipt": ("dynamodb", "stripe"),
    "EventPublication": ("dynamodb", "eventbridge"),
    "Reconciliation": ("dynamodb", "stripe"),
}


@pytest.fixture(scope="module")
def stage(service: Service) -> Iterator[Stage]:
    with staged(service, FAULTY) as made:
        made.warm()
        yield made


def test_nothing_is_lost_and_nothing_done_twice(stage: Stage) -> None:
    rows = [run(stage, case, SEED) for case in CASES if case.short]
    print(f"seed {SEED}\n{table(rows)}")
    assert [problem for row in rows for problem in row.failures] == []
