"""How `payWithCountersign` goes on by what the merchant's server says, in Node.js: each way that a
payment can take. In a browser, with the whole service behind it: tests/browser/test_payments.py.
"""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.node import find_node

pytestmark = pytest.mark.server

CLIENT = Path(__file__).parents[2] / "web" / "client"
SCRIPT = Path(__file__).with_name("payer.mjs")
ID = "pay_1"
SECRET = "pi_1_secret_abc"
CARD = {"payment_method": "pm_1"}
OTHER = {"confirmation_token": "ctoken_2"}

Json = dict[str, Any]
Pay = Callable[..., Json]


@pytest.fixture(scope="module")
def pay(tmp_path_factory: pytest.TempPathFactory) -> Pay:
    """One run; what the server answers is given by the name of each call, the last one for good."""
    program, folder = find_node(), tmp_path_factory.mktemp("client")
    assert program, "Node.js is not here: `make test` installs it, or says how to"
    shutil.copytree(CLIENT, folder / "client")
    (folder / "package.json").write_text('{"type": "module"}')
    module = (folder / "client" / "payment-flow.js").as_uri()

    def run(payment: Json, abort_at: int | None = None, hurry: int = 0, **answers: Any) -> Json:
        given = {"payment": payment, "answers": answers, "options": {"hurry": hurry}}
        given["abortAt"] = abort_at
        ended = subprocess.run(
            [program, str(SCRIPT), module],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        found: Json = json.loads(ended.stdout)
        assert found["leaks"] == []
        assert found["outcome"]["next"] == "ask_server"
        return found

    return run


def state(status: str, **members: Any) -> Json:
    return {"id": ID, "status": status, "next": None, **members}


def acting() -> Json:
    intent = {"id": "pi_1", "client_secret": SECRET, "status": "requires_action"}
    return state("requires_action", next="act", payment_intent=intent)


def declined(code: str = "card_declined", status: str = "ready", **members: Any) -> Json:
    error = {"code": code, "decline_code": None}
    return state(status, last_error=error, **members)


def problem(code: str, status: int = 409, **headers: str) -> Json:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"type": "about:blank", "status": status, "code": code, "detail": "No."}
    return {"http": {"status": status, "headers": named, "body": body}}


def confirmed(found: Json) -> list[Any]:
    """The bodies that were confirmed with."""
    return [call[1] for call in found["calls"] if call[0] == "confirm"]


def asked(found: Json) -> list[str]:
    """What a card was asked for."""
    return [call[1] for call in found["calls"] if call[0] == "card"]


def test_a_payment_that_needs_nothing_is_confirmed_once(pay: Pay) -> None:
    found = pay(state("ready", next="pay"), confirm=[state("succeeded")])
    assert found["outcome"]["status"] == "succeeded"
    assert found["calls"] == [["confirm", {}, 0, ID]]


def test_a_challenge_is_passed_and_confirmed_to_the_end(pay: Pay) -> None:
    found = pay(state("ready"), confirm=[acting(), state("succeeded")], act=[{"paymentIntent": {}}])
    assert found["outcome"]["status"] == "succeeded"
    assert found["calls"] == [["confirm", {}, 0, ID], ["act", SECRET], ["confirm", {}, 1, ID]]


def test_who_fails_is_asked_for_another_card(pay: Pay) -> None:
    failed = declined("payment_intent_authentication_failure")
    found = pay(
        state("ready"),
        confirm=[acting(), failed, state("succeeded")],
        act=[{"error": {}}],
        card=[OTHER],
    )
    assert found["outcome"]["status"] == "succeeded"
    assert asked(found) == ["authentication_failed"]
    assert confirmed(found)[-1] == OTHER


def test_a_spent_token_is_named_again_with_the_issuers_reason(pay: Pay) -> None:
    spent = declined("card_declined", "requires_card", next="again")
    found = pay(state("ready"), confirm=[spent, state("succeeded")], card=[OTHER])
    assert found["calls"][1] == ["card", "declined", "card_declined"]


@pytest.mark.parametrize(
    ("payment", "reason"),
    [
        (state("requires_card"), "first"),
        (state("requires_card", next="again"), "again"),
        (declined(status="requires_card", next="another_card"), "another_card"),
        (declined(), "declined"),
    ],
)
def test_a_card_is_asked_for_with_the_reason(pay: Pay, payment: Json, reason: str) -> None:
    found = pay(payment, card=[CARD], confirm=[state("succeeded")])
    assert (asked(found), confirmed(found)) == ([reason], [CARD])


def test_who_leaves_the_challenge_goes_on_with_the_same_card(pay: Pay) -> None:
    found = pay(
        state("ready"),
        confirm=[acting(), acting(), acting(), state("succeeded")],
        act=[{"error": {}}, {"paymentIntent": {}}],
        card=[CARD],
    )
    assert found["outcome"]["status"] == "succeeded"
    assert asked(found) == ["left"]
    assert confirmed(found) == [{}, {}, CARD, {}]


def test_another_card_after_leaving_begins_anew_by_itself(pay: Pay) -> None:
    made = {"id": "pay_2", "status": "ready", "next": "pay", "reference": "order"}
    done = {"id": "pay_2", "status": "succeeded"}
    found = pay(
        state("ready", reference="order"),
        confirm=[acting(), acting(), problem("begin_again"), done],
        act=[{"error": {}}],
        card=[OTHER],
        create=[made],
    )
    assert found["outcome"]["status"] == "succeeded"
    assert found["outcome"]["payment"]["id"] == "pay_2"
    assert found["outcome"]["payment"]["reference"] == "order"
    assert found["calls"][-2:] == [["create", OTHER, 3, ID], ["confirm", {}, 4, "pay_2"]]


def test_without_a_way_to_begin_anew_it_is_canceled(pay: Pay) -> None:
    found = pay(
        state("ready"),
        confirm=[acting(), acting(), problem("begin_again")],
        act=[{"error": {}}],
        card=[OTHER],
        read=[state("canceled", reason="another_card")],
    )
    assert found["outcome"]["status"] == "canceled"
    assert found["outcome"]["payment"]["reason"] == "another_card"


def test_a_card_other_than_the_confirmed_one_begins_anew_or_is_named_again(pay: Pay) -> None:
    made = {"id": "pay_2", "status": "succeeded"}
    differs = problem("card_differs")
    found = pay(declined(), card=[OTHER], confirm=[differs], create=[made])
    assert found["outcome"]["payment"]["id"] == "pay_2"
    found = pay(declined(), card=[OTHER, CARD], confirm=[differs, state("succeeded")])
    assert asked(found) == ["declined", "card_differs"]


def test_a_new_beginning_waits_until_the_old_payment_is_canceled(pay: Pay) -> None:
    made = {"id": "pay_2", "status": "succeeded"}
    busy = problem("payment_open", Retry_After="3")
    found = pay(declined(), card=[OTHER], confirm=[problem("card_differs")], create=[busy, made])
    assert found["outcome"]["status"] == "succeeded"
    creations = [call for call in found["calls"] if call[0] == "create"]
    assert creations == [["create", OTHER, 1, ID]] * 2
    assert 3000 in found["waited"]


def test_a_confirmation_that_cannot_be_shown_here_is_given_up(pay: Pay) -> None:
    spc = {"ceremony_id": "c", "request": {}, "total": {"value": "1.00", "currency": "EUR"}}
    found = pay(
        state("requires_step_up", spc=spc), confirm=[acting(), state("succeeded")], act=[{}]
    )
    assert confirmed(found) == [{"give_up_spc": True}, {}]


def test_an_earlier_pages_confirmation_is_asked_for_again(pay: Pay) -> None:
    spc = {"ceremony_id": "c", "request": {}, "total": {"value": "1.00", "currency": "EUR"}}
    found = pay(
        state("requires_step_up"),
        askAgain=[state("requires_step_up", spc=spc)],
        confirm=[state("succeeded")],
    )
    assert "asking" in found["doing"]
    assert confirmed(found) == [{"give_up_spc": True}]


def test_one_that_was_asked_too_often_is_given_up(pay: Pay) -> None:
    over = problem("confirmation_over")
    found = pay(state("requires_step_up"), askAgain=[over], confirm=[state("succeeded")])
    assert confirmed(found) == [{"give_up_spc": True}]
    found = pay(state("requires_step_up"), confirm=[state("succeeded")])
    assert confirmed(found) == [{"give_up_spc": True}]


def test_a_step_up_that_is_still_asked_for_is_given_up(pay: Pay) -> None:
    found = pay(declined(), card=[CARD], confirm=[problem("step_up_required"), state("succeeded")])
    assert confirmed(found) == [CARD, {"give_up_spc": True}]


@pytest.mark.parametrize(
    "answer",
    [
        "lost",
        problem("stripe_unavailable", 503, Retry_After="1"),
        {"http": {"status": 502, "body": "<html>"}},
        problem("too_many_requests", 429, Retry_After="2"),
        problem("request_in_progress"),
    ],
)
def test_what_is_not_answered_is_sent_again_with_the_same_key(pay: Pay, answer: Any) -> None:
    found = pay(state("ready"), confirm=[answer, answer, state("succeeded")])
    assert found["outcome"]["status"] == "succeeded"
    assert found["calls"] == [["confirm", {}, 0, ID]] * 3


def test_a_server_that_stays_away_is_unknown_and_not_asked_for_ever(pay: Pay) -> None:
    found = pay(state("ready"), hurry=10_000, confirm=["lost"])
    assert (found["outcome"]["status"], found["outcome"]["code"]) == ("unknown", "network_error")
    assert len({call[2] for call in found["calls"]}) == 1


def test_a_card_that_is_busy_is_tried_again_by_the_same_request(pay: Pay) -> None:
    busy = problem("payment_busy", Retry_After="7")
    found = pay(declined(), card=[CARD], confirm=[busy, state("succeeded")])
    assert found["calls"][1:] == [["confirm", CARD, 0, ID]] * 2
    assert found["waited"] == [7000]


def test_what_runs_is_waited_for_and_looked_at(pay: Pay) -> None:
    running = state("processing")
    found = pay(
        running,
        read=[running, running, state("succeeded")],
        confirm=[problem("payment_busy", Retry_After="5"), running],
    )
    assert found["outcome"]["status"] == "succeeded"
    assert [call[0] for call in found["calls"]] == ["read", "confirm", "read", "read"]
    assert 5000 in found["waited"]


def test_a_card_that_was_declined_while_it_was_waited_for_is_not_tried_by_itself(pay: Pay) -> None:
    found = pay(state("processing"), read=[declined()], card=[None])
    assert confirmed(found) == []
    assert found["outcome"]["status"] == "stopped"
    assert found["outcome"]["reason"] == "payer"


def test_what_runs_too_long_is_left_to_the_server(pay: Pay) -> None:
    running = state("processing")
    found = pay(running, hurry=10_000, read=[running], confirm=[running])
    assert found["outcome"]["status"] == "processing"


def test_a_closed_tab_goes_on_where_the_payment_is(pay: Pay) -> None:
    found = pay({"id": ID}, read=[state("succeeded")])
    assert found["outcome"]["status"] == "succeeded"
    found = pay(
        state("requires_action", payment_intent="pi_1"),
        confirm=[acting(), state("succeeded")],
        act=[{}],
    )
    assert [call[0] for call in found["calls"]] == ["confirm", "act", "confirm"]


def test_a_payment_that_ended_elsewhere_is_read(pay: Pay) -> None:
    found = pay(state("ready"), confirm=[problem("payment_ended")], read=[state("succeeded")])
    assert found["outcome"]["status"] == "succeeded"


@pytest.mark.parametrize("status", ["in_review", "unreachable", "failed", "canceled"])
def test_what_goes_on_without_the_payer_is_told_at_once(pay: Pay, status: str) -> None:
    found = pay(state("ready"), confirm=[state(status, reason="why")])
    assert found["outcome"]["status"] == status
    assert found["outcome"]["payment"]["reason"] == "why"
    assert len(found["calls"]) == 1


@pytest.mark.parametrize("code", ["permission_missing", "account_unreachable", "already_paid"])
def test_what_somebody_else_has_to_mend_is_refused_at_once(pay: Pay, code: str) -> None:
    found = pay(state("ready"), confirm=[problem(code)])
    assert (found["outcome"]["status"], found["outcome"]["code"]) == ("refused", code)
    assert len(found["calls"]) == 1


def test_a_problem_may_be_given_as_its_json(pay: Pay) -> None:
    body = {"status": 409, "code": "permission_missing", "detail": "The merchant has to agree."}
    found = pay(state("ready"), confirm=[body])
    assert found["outcome"]["code"] == "permission_missing"
    assert found["outcome"]["message"] == "The merchant has to agree."


@pytest.mark.parametrize("answer", [{}, {"id": "pay_2", "status": "succeeded"}, None, "succeeded"])
def test_an_answer_about_something_else_counts_for_nothing(pay: Pay, answer: Any) -> None:
    found = pay(state("ready"), confirm=[answer])
    assert (found["outcome"]["status"], found["outcome"]["code"]) == (
        "refused",
        "unexpected_answer",
    )


def test_a_card_that_never_reaches_stripe_is_asked_for_in_the_end(pay: Pay) -> None:
    found = pay(state("ready"), confirm=[state("ready")], card=[None])
    assert confirmed(found) == [{}] * 3
    assert asked(found) == ["failed"]


def test_a_server_that_turns_in_circles_is_asked_no_more(pay: Pay) -> None:
    found = pay(acting(), confirm=[acting()], act=[{}])
    assert (found["outcome"]["status"], found["outcome"]["code"]) == (
        "refused",
        "unexpected_answer",
    )


def test_the_page_stops_it(pay: Pay) -> None:
    found = pay(state("ready"), abort_at=1, confirm=[acting()], act=[{}])
    assert (found["outcome"]["status"], found["outcome"]["reason"]) == ("stopped", "aborted")
    assert [call[0] for call in found["calls"]] == ["confirm"]


@pytest.mark.parametrize("card", [{"number": "4242"}, "lost"])
def test_a_page_that_gives_no_card_is_told_and_the_payment_stays_open(pay: Pay, card: Any) -> None:
    found = pay(state("requires_card"), card=[card])
    assert (found["outcome"]["status"], found["outcome"]["reason"]) == ("stopped", "card_failed")
    assert len(found["reported"]) == 1
