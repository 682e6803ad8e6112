"""What a person reads if the install callback refuses what Stripe has sent them back with."""

import re
from itertools import product

import pytest

from countersign.pages.languages import LANGUAGES
from countersign.pages.refusal_pages import REFUSALS, refusal_response
from countersign.problems import Problem, Unavailable
from tests.pages.conftest import Deploy
from tests.support.gateway import HttpAnswer, http_event

STATUS = {"account_held_by_another_user": 409, "invalid_request": 422}
PROBLEMS = {code: Problem(STATUS.get(code, 400), code, "Detail.") for code in sorted(REFUSALS)} | {
    "storage": Unavailable("storage", retry_after=7),
    "internal": Problem(500, "internal_error", "Detail."),
    "other": Problem(400, "something_new", "Detail."),
}
QUERY = {"state": "<script>", "error_description": "What the attacker says"}


@pytest.fixture(autouse=True)
def _deployment(deploy: Deploy) -> None:
    deploy()


def refused(name: str, language: str = "en") -> HttpAnswer:
    """The page that a person gets for a refusal."""
    headers = {"accept": "text/html", "accept-language": language}
    event = http_event("GET", "/callback/stripe", headers=headers, query=QUERY)
    answer = refusal_response(event, PROBLEMS[name])
    headers = {key.lower(): value for key, value in answer["headers"].items()}
    return HttpAnswer(answer["statusCode"], headers, answer["body"])


def test_a_refusal_is_a_whole_page_in_the_visitors_language(subtests: pytest.Subtests) -> None:
    for name, language in product(PROBLEMS, LANGUAGES):
        with subtests.test(name=name, language=language):
            answer = refused(name, language)
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            assert answer.headers["content-language"] == language
            assert f'<html lang="{language}">' in answer.text
            assert "{{" not in answer.text
            assert "<!-- " not in answer.text
            heading = re.search(r"<h1[^>]*>(.+)</h1>", answer.text)
            assert heading
            assert f"<title>{heading[1]} · Countersign</title>" in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_its_own_heading_words_and_next_step(language: str) -> None:
    cards = [
        re.findall(r"<(?:h1|p)[^>]*>(.+?)</", refused(name, language).text) for name in PROBLEMS
    ]
    headings, texts = {card[0] for card in cards}, {card[1] for card in cards}
    assert len(headings) == len(texts) == len(PROBLEMS)


def test_a_refusal_keeps_its_status_and_is_kept_by_no_cache(subtests: pytest.Subtests) -> None:
    for name, problem in PROBLEMS.items():
        with subtests.test(name=name):
            answer = refused(name)
            assert answer.status == problem.status
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers.get("retry-after") == ("7" if name == "storage" else None)


def test_a_refusal_needs_no_script_and_leads_to_a_new_beginning(subtests: pytest.Subtests) -> None:
    for name in PROBLEMS:
        with subtests.test(name=name):
            text = refused(name).text
            assert "<script" not in text
            assert "preload" not in text
            assert "<noscript" not in text
            assert 'href="/connect">Start again</a>' in text


def test_a_refusal_has_the_security_headers_of_every_page(subtests: pytest.Subtests) -> None:
    for name in PROBLEMS:
        with subtests.test(name=name):
            headers = refused(name).headers
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_nothing_of_the_request_or_of_the_problem_is_shown() -> None:
    for name in PROBLEMS:
        text = refused(name).text
        assert [one for one in (*QUERY.values(), "Detail.", "something_new") if one in text] == []


def test_a_link_that_is_used_up_leads_to_the_list_of_connections() -> None:
    assert 'href="/connect#connections"' in refused("invalid_state").text


def test_after_a_failure_of_ours_the_same_address_can_be_tried_again() -> None:
    assert 'href="">Try again</a>' in refused("storage").text
