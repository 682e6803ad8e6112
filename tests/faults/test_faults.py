"""Whatever fails on the way, what is stored is what Stripe holds true, every event is told, and nothing
is done twice. This tries one fault of each kind, and `make faults` all; counts are asserted, times never.
"""

from collections.abc import Iterator

import pytest

from tests.faults.cases import FAULTY_IN_SHORT, SHORT
from tests.faults.registry import run, table
from tests.faults.stage import Stage, staged
from tests.support.service import Service

SEED = 11


@pytest.fixture(scope="module")
def stage(service: Service) -> Iterator[Stage]:
    with staged(service, FAULTY_IN_SHORT) as made:
        made.warm()
        yield made


def test_nothing_is_lost_and_nothing_done_twice(stage: Stage) -> None:
    rows = [run(stage, case, SEED) for case in SHORT]
    print(f"seed {SEED}\n{table(rows)}")
    assert [problem for row in rows for problem in row.failures] == []
