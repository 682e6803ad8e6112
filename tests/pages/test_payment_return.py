"""Where Stripe may send a payer back to: the secret in the query goes nowhere."""

import pytest

from tests.pages.conftest import HTML, Deploy
from tests.support.gateway import Caller
from tests.support.logs import Log

PATH = "/payment-return"
QUERY = {
    "payment_intent": "pi_1",
    "payment_intent_client_secret": "pi_1_secret_abc",
    "redirect_status": "succeeded",
}


def test_the_query_is_dropped_before_there_is_a_document(visitor: Caller, log: Log) -> None:
    answer = visitor.get(PATH, query=QUERY, headers=HTML)
    assert (answer.status, answer.headers["location"], answer.text) == (303, PATH, "")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "secret_abc" not in log.text()


@pytest.mark.parametrize("language", ["en", "fr", "ja"])
def test_the_page_leads_back_to_the_shop_and_runs_nothing(deploy: Deploy, language: str) -> None:
    answer = deploy().get(PATH, headers=HTML | {"accept-language": language})
    assert answer.status == 200
    assert answer.headers["content-language"] == language
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "<script" not in answer.text
