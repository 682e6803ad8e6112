"""Starts and first calls: what a log says, which starts serve which figure, and what they come to."""

from collections.abc import Sequence

import pytest

from bench.start.emulator_log import Start, read_start
from bench.start.plan import (
    CALLED,
    DEFAULT,
    PAIRS,
    STARTED,
    WITH_USUAL,
    Found,
    a_round,
    bare,
    floor,
    function_name,
    sized,
    usual,
    whole,
)
from bench.start.prices import memory_sizes, size_of
from bench.start.share import share_of
from bench.start.tables import first_calls, inits, waits
from tests.support.service import ROOT
from tools.papers.template_file import functions_of, read_template

LOG = b"""\
01 Dec 2026 07:03:36,097 [INFO] (rapid) INIT REPORT(durationMs: 171.282000)
PROCESSOR 0.004000
01 Dec 2026 07:03:36,132 [INFO] (rapid) INVOKE RTDONE(status: success, produced bytes: 0, duration: 34.280000ms)
REPORT RequestId: 859800b0\tInit Duration: 0.02 ms\tDuration: 205.81 ms\tBilled Duration: 206 ms

PROCESSOR 0.020000
01 Dec 2026 07:03:36,158 [INFO] (rapid) INVOKE RTDONE(status: success, produced bytes: 0, duration: 24.591000ms)
"""
PRICES = {
    "starts": {"share": 0.5, "stripe_seconds": 0.5},
    "price": {"lambda_request": 1e-6, "lambda_gb_second": 1e-5},
}


def test_a_log_has_the_start_and_each_call() -> None:
    found = read_start(LOG, 2)
    assert (found.init, *found.calls) == pytest.approx((0.171282, 0.03428, 0.024591))


def test_what_nothing_held_is_reckoned_at_its_share() -> None:
    """At a quarter, work takes four times as long, and waiting as long as it took."""
    found = read_start(LOG, 2, reckoned_at=0.25)
    assert found.calls == pytest.approx([0.03428 + 3 * 0.004, 0.024591 + 3 * 0.020])
    assert found.init == pytest.approx(0.171282)


@pytest.mark.parametrize(
    "log", [b"", LOG + LOG, LOG.replace(b"success", b"timeout", 1), LOG.replace(b"PROCESSOR", b"")]
)
def test_a_call_that_failed_is_no_measurement(log: bytes) -> None:
    with pytest.raises(ValueError, match="not one start and 2 calls"):
        read_start(log, 2)


def test_a_function_has_the_share_that_its_memory_buys() -> None:
    assert share_of(1769) == share_of(3008) == 1
    assert share_of(512) == pytest.approx(0.289, abs=0.001)


def test_each_function_is_started_and_those_that_somebody_waits_for_are_called() -> None:
    assert {*map(function_name, (*CALLED, *STARTED))} == {*functions_of(read_template(ROOT))}
    called = {wanted.folder for wanted in a_round() if wanted.calls}
    assert called == {*CALLED}


def test_an_init_and_its_floor_take_turns_and_nothing_else_is_made_twice() -> None:
    wanted = list(a_round())
    often = [each for each in wanted if wanted.count(each) > 1]
    pairs = {folder: [bare(folder), floor(folder)] * PAIRS for folder in (*CALLED, *STARTED)}
    assert often == [each for pair in pairs.values() for each in pair]


def found_of(**special: Sequence[Start]) -> Found:
    """Two rounds in which everything takes the same, but for what is named."""
    found = {wanted: [Start(0.2, [0.1, 0.05])] * 2 for wanted in a_round()}
    kinds = {
        "bare": bare("payments"),
        "payments": whole("payments"),
        "webhook": whole("webhook_receipt"),
        "usual": usual("webhook_receipt"),
        "floor": floor("payments"),
        "large": sized("payments", 1024),
    }
    return found | {kinds[name]: starts for name, starts in special.items()}


def test_a_round_has_all_that_the_tables_show() -> None:
    found = found_of()
    assert len(inits(found).figures) == 2 * len((*CALLED, *STARTED))
    assert len(first_calls(found, "held").figures) == 2 * len(CALLED)
    assert len(waits(found).figures) == len((*CALLED, *WITH_USUAL))
    assert len(memory_sizes(found, PRICES).figures) == 4 * len(CALLED)


def test_an_init_is_held_against_the_floor_that_started_after_it() -> None:
    """The second pair is three times as slow, which says nothing of either."""
    inits_of = {"bare": (0.21, 0.63), "payments": (0.31, 0.73), "floor": (0.2, 0.6)}
    found = found_of(
        **{kind: [Start(init, [1, 1]) for init in both] for kind, both in inits_of.items()}
    )
    own, prepares = (each for each in inits(found).figures if each.name.startswith("Payments"))
    assert (own.value, own.ratio) == pytest.approx((420, 1.05))
    assert own.is_within
    assert prepares.value == pytest.approx(100)


@pytest.mark.parametrize(("first", "is_within"), [(0.15, True), (0.16, False)])
def test_a_first_call_is_held_against_the_second_of_its_start(
    first: float, is_within: bool
) -> None:
    table = first_calls(found_of(payments=[Start(0.3, [first, 0.05])] * 2), "held by a hand")
    start, call = (each for each in table.figures if each.name.startswith("payments"))
    assert start.value == pytest.approx(300)
    assert call.is_within is is_within
    assert call.table == f"Start and first call at the share of {DEFAULT} MB (held by a hand)"


def test_a_wait_is_judged_beside_the_usual_handler_of_the_same_job_alone() -> None:
    found = found_of(webhook=[Start(0.2, [0.05])] * 2, usual=[Start(0.9, [0.1])] * 2)
    by_name = {each.name: each for each in waits(found).figures}
    webhook, payments = by_name["webhook_receipt"], by_name["payments"]
    assert (webhook.value, webhook.ratio, webhook.goal) == pytest.approx((250, 0.25, 0.25))
    assert (payments.peer, payments.ratio, payments.goal) == ("usual session_creation", 1, None)
    assert by_name["usual webhook_receipt"].ratio is None


def test_what_stripe_takes_is_waited_and_paid_for() -> None:
    """Its start asks once, which only those wait for that start it; each of two calls asks once."""
    size = size_of([Start(0.2, [0.1, 0.05], asked_by_init=1, asked_by_calls=2)], 1024, PRICES)
    assert size.wait == pytest.approx(0.2 + 0.1 + 0.5 + 0.5)
    seconds = 0.5 * 1.3 + 0.5 * (0.05 + 0.5)
    assert size.cost == pytest.approx(1e6 * (1e-6 + seconds * 1e-5))


def test_a_size_is_held_against_the_default_by_price_and_wait() -> None:
    found = found_of(large=[Start(0.1, [0.05, 0.05])] * 2)
    sizes = [each for each in memory_sizes(found, PRICES).figures if "payments" in each.name]
    default, large = (size_of(found[sized("payments", mb)], mb, PRICES) for mb in (512, 1024))
    assert [each.ratio for each in sizes][1:3] == [
        1,
        pytest.approx(large.wait * large.cost / default.wait / default.cost),
    ]
    assert sizes[2].name == f"payments, 1024 MB, ${large.cost:.2f} per million"
