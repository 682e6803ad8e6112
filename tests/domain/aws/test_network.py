"""A dependency of a function's that does not answer is given up while the function still has time to
say so: otherwise a throttle would be a timeout instead of a 503.
"""

from pathlib import Path
from typing import Any

import pytest

from countersign.aws.network import NETWORK
from countersign.stripe_api.calls import LONGEST_CALL
from tools.papers.template_file import functions_of, read_template

ROOT = Path(__file__).parents[3]
LONGEST_PAUSES = (1, 2)
"""Seconds at most before the second and the third try in botocore's standard mode: a random part of
a power of two (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
"""
MARGIN = 0.5
"""What `http.edge` keeps for the answer itself, in seconds."""


def _functions() -> dict[str, Any]:
    template = read_template(ROOT)
    shared = template["Globals"]["Function"]["Timeout"]
    return {
        name: properties.get("Timeout", shared)
        for name, properties in functions_of(template).items()
        if _calls_aws(properties)
    }


def _calls_aws(properties: dict[str, Any]) -> bool:
    variables = properties.get("Environment", {}).get("Variables", {})
    return any(name.endswith("_TABLE") for name in variables)


FUNCTIONS = _functions()


def _longest_call() -> float:
    """Seconds that one call to AWS may take, with its retries and the pauses between them."""
    config: Any = NETWORK
    tries = config.retries["total_max_attempts"]
    assert len(LONGEST_PAUSES) == tries - 1
    return float(tries * (config.connect_timeout + config.read_timeout) + sum(LONGEST_PAUSES))


def test_every_function_with_a_table_is_looked_at() -> None:
    assert {"WebhookReceipt", "SessionCreation", "EventPublication"} <= FUNCTIONS.keys()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_table_that_does_not_answer_is_given_up_within_the_functions_time(name: str) -> None:
    assert _longest_call() < FUNCTIONS[name] - MARGIN


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_stripe_that_does_not_answer_is_given_up_within_the_functions_time(name: str) -> None:
    assert FUNCTIONS[name] - MARGIN > LONGEST_CALL
