"""What became of a decision, as a merchant's server reports it."""

from typing import Any

from tests.support.authenticator import Passkey
from tests.support.chromium import Browser, Json
from tests.support.gateway import HttpAnswer
from tests.support.step_up_bundle import DECISIONS, StepUpBundle
from tests.support.step_up_cards import stored

CHALLENGED: Json = {
    **{"result": "authenticated", "authentication_flow": "challenge", "version": "2.2.0"},
    **{"electronic_commerce_indicator": "05", "transaction_id": "canary-transaction"},
}
FRICTIONLESS = CHALLENGED | {"authentication_flow": "frictionless"}
NOTHING_YET: Json = {"spc": None, "payment": None, "fulfilled": None, "reasons": []}


def tell(step_up: StepUpBundle, decision: Json, **members: Any) -> HttpAnswer:
    """The answer to a result."""
    return step_up.decider().post(f"{DECISIONS}/{decision['id']}/result", members)


def told(step_up: StepUpBundle, decision: Json, **members: Any) -> Json:
    """The results after one is reported, as they are read afterwards, too; nothing else has changed."""
    answer = tell(step_up, decision, **members)
    assert answer.status == 200, answer
    read = step_up.decider().get(f"{DECISIONS}/{decision['id']}").json
    assert answer.json == read
    assert {name: value for name, value in read.items() if name != "results"} == {
        name: value for name, value in decision.items() if name != "results"
    }
    return dict(read["results"])


def untold(step_up: StepUpBundle, decision: Json) -> None:
    """Nothing has been stored."""
    read = step_up.decider().get(f"{DECISIONS}/{decision['id']}").json
    assert read["results"] == NOTHING_YET


def confirmed(
    step_up: StepUpBundle, user: str, passkey: Passkey, browser: Browser | None = None, **members: Any
) -> str:  # fmt: skip
    """The id of a ceremony that the payer has answered."""
    ceremony = step_up.ask(user, **members)
    assert step_up.confirm(ceremony, passkey, browser).status == 200
    return str(ceremony["ceremony_id"])


def charge_of(step_up: StepUpBundle, payment: str) -> str:
    """The id of a payment's charge."""
    return str(stored(step_up, "payment_intent", payment)["latest_charge"])
