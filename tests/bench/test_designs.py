"""What operations cost beside the usual designs: the sums, and that the data is about our operations."""

import pytest

from bench.designs import JOBS, OURS, Design, figures, lines_of, usual_designs
from bench.growth.operations import OPERATIONS

PRICES = {
    "price": {
        "http_api_request": 1e-6,
        "sqs_request": 4e-7,
        "lambda_request": 2e-7,
        "lambda_gb_second": 1e-5,
        "dynamodb_read_unit": 1e-7,
        "dynamodb_write_unit": 6e-7,
        "log_gigabyte": 0.5,
    },
    "assumed": {"memory_gb": 0.5, "confirmation_seconds": 0.1, "call_log_bytes": 1000},
}


def test_a_sum_has_a_line_for_each_thing_that_is_paid_for() -> None:
    design = Design("SPC confirmation", "queue", 3, 2, invocations=0.5, queue_requests=1)
    found = {
        name: (number, round(dollars, 6))
        for name, number, dollars in lines_of(PRICES, JOBS["SPC confirmation"], design)
    }
    assert found == {
        "HTTP API, requests": (2_000_000, 2),
        "queue, requests": (1_000_000, 0.4),
        "Lambda, invocations": (1_000_000, 0.2),
        "Lambda, seconds": (200_000, 1),
        "DynamoDB, units read": (3_000_000, 0.3),
        "DynamoDB, units written": (2_000_000, 1.2),
        "logs, bytes": (2_000_000_000, 1),
    }


@pytest.mark.parametrize(("ours", "is_least"), [(3.0, True), (3.4, False)])
def test_ours_is_held_against_the_cheapest_of_the_usual_designs(
    ours: float, is_least: bool
) -> None:
    mine, *theirs = figures("t", "webhook", {OURS: ours, "marker": 4.2, "queue": 3.3})
    assert mine.is_within is is_least
    assert mine.peer == "“queue”"
    assert [(each.name, each.goal) for each in theirs] == [
        ("webhook, marker", None),
        ("webhook, queue", None),
    ]


def test_each_operation_that_is_compared_is_measured_and_has_a_usual_design() -> None:
    for name, designs in usual_designs().items():
        assert designs, name
        assert all(each.assumes for each in designs)
        assert set(JOBS[name].parts) <= OPERATIONS.keys()
