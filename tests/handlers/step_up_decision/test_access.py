"""Who may ask for decisions, and who may read them."""

import time
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from countersign.spc.payer_record import MOST_WRONG
from tests.handlers.session_creation.test_conventions import FOREIGN
from tests.support.assertions import assert_problem
from tests.support.bundle import SITE
from tests.support.chromium import Json
from tests.support.clock import Clock
from tests.support.fake_accounts import FakeAccounts
from tests.support.gateway import Caller, HttpAnswer, http_event
from tests.support.install_bundle import INSTALLATIONS, application_body
from tests.support.processes import forget_settings
from tests.support.spc_bundle import HOLDER, MERCHANT_SCOPE, OPT_OUT, PAYERS, SERVER, STRANGER
from tests.support.stand_in import BAKERY, BOOKSHOP
from tests.support.step_up_bundle import DECISIONS, OPERATOR_SCOPE, StepUpBundle, asked

UNKNOWN = f"{DECISIONS}/dec_{'A' * 22}"
SIMULATE, RESULT = f"{DECISIONS}/simulate", f"{UNKNOWN}/result"
REVIEW = f"{UNKNOWN}/review"
CALLS: list[tuple[str, str]] = [
    ("POST", DECISIONS), ("POST", SIMULATE), ("GET", DECISIONS), ("GET", UNKNOWN), ("POST", RESULT),
    ("POST", REVIEW),
]  # fmt: skip
OWN = [("POST", DECISIONS), ("POST", SIMULATE), ("POST", RESULT), ("POST", REVIEW)]
"""The calls of a merchant's server alone."""


def call(caller: Caller, method: str, path: str, **options: Any) -> HttpAnswer:
    """Each call with what it needs."""
    if method == "GET":
        query = {"account_id": BAKERY} if path == DECISIONS else None
        return caller.get(path, query=query, **options)
    bodies = {"result": {"payment_intent": "pi_1"}, "review": {"outcome": "decline"}}
    body = bodies.get(path.rpartition("/")[2]) or asked()
    return caller.post(path, body, **options)


def test_without_a_subject_nobody_is_served(
    step_up: StepUpBundle, subtests: pytest.Subtests
) -> None:
    before = step_up.items()
    for (method, path), subject in product(CALLS, (None, "x" * 256)):
        with subtests.test(method=method, path=path, subject=subject):
            assert_problem(call(step_up.decider(subject), method, path), 401, "invalid_token")
    assert step_up.items() == before


def test_an_end_user_is_not_served(step_up: StepUpBundle, subtests: pytest.Subtests) -> None:
    existing = f"{DECISIONS}/{step_up.decided()['id']}"
    before, scopes = step_up.items(), ("", "countersign/merchants")
    for (method, path), scope, who in product(CALLS, scopes, (SERVER, HOLDER, STRANGER)):
        with subtests.test(method=method, path=path, scope=scope, who=who):
            answer = call(step_up.decider(who, scope), method, path.replace(UNKNOWN, existing))
            assert_problem(answer, 403, "missing_scope")
    assert step_up.items() == before


def test_the_operator_reads_and_decides_nothing(step_up: StepUpBundle) -> None:
    operator = step_up.decider(SERVER, OPERATOR_SCOPE)
    for method, path in OWN:
        assert_problem(call(operator, method, path), 403, "missing_scope")


@pytest.mark.parametrize("subject", [SERVER, HOLDER])
def test_the_holder_and_the_servers_it_has_listed_are_served(
    step_up: StepUpBundle, subject: str
) -> None:
    for scope in (MERCHANT_SCOPE, f"openid {MERCHANT_SCOPE}", f"[{MERCHANT_SCOPE} openid]"):
        answer = call(step_up.decider(subject, scope), "POST", DECISIONS)
        assert answer.status == 201
        path = f"{DECISIONS}/{answer.json['id']}"
        assert step_up.decider(subject, scope).get(path).json == answer.json


def test_another_merchant_finds_nothing(step_up: StepUpBundle) -> None:
    step_up.open_shop(BOOKSHOP, clients=["other-server"])
    told = step_up.decided()
    path = f"{DECISIONS}/{told['id']}"
    for subject in ("other-server", STRANGER):
        other = step_up.decider(subject)
        assert_problem(other.get(path), 404, "decision_not_found")
        assert_problem(
            other.post(f"{path}/result", {"payment_intent": "pi_1"}), 404, "decision_not_found"
        )
        listed = other.get(DECISIONS, query={"account_id": BAKERY})
        assert_problem(listed, 404, "installation_not_found")
        assert_problem(call(other, "POST", DECISIONS), 404, "installation_not_found")
        assert_problem(call(other, "POST", SIMULATE), 404, "installation_not_found")
        assert other.get(path).json == other.get(UNKNOWN).json


NO_IDS = [
    "dec_", "dec_" + "A" * 21, "dec_" + "A" * 23, "dec_" + "é" * 22, "x" * 4000, "DEC_" + "A" * 22, "%00",
]  # fmt: skip


def test_an_id_that_no_decision_has_is_not_found(step_up: StepUpBundle) -> None:
    server, operator = step_up.decider(), step_up.decider("op", OPERATOR_SCOPE)
    for path in (f"{DECISIONS}/{decision_id}" for decision_id in NO_IDS):
        for caller in (server, operator):
            assert_problem(caller.get(path), 404, "decision_not_found")
        answer = server.post(f"{path}/result", {"payment_intent": "pi_1"})
        assert_problem(answer, 404, "decision_not_found")


def test_an_account_that_is_not_the_callers_is_not_found(step_up: StepUpBundle) -> None:
    before = step_up.items()
    for account_id in ("", "acct_1SQunknown", "../x", "é"):
        for path in (DECISIONS, SIMULATE):
            answer = step_up.decider().post(path, asked(account_id=account_id))
            assert_problem(answer, 404, "installation_not_found")
    assert step_up.items() == before


def test_after_an_uninstallation_nothing_is_decided(step_up: StepUpBundle) -> None:
    told = step_up.decided()
    step_up.tell(application_body("deauthorized", BAKERY, at=2_000_000_000))
    before = step_up.items()
    for method, path in CALLS:
        path = path.replace(UNKNOWN, f"{DECISIONS}/{told['id']}")
        assert_problem(call(step_up.decider(), method, path), 409, "not_installed")
    assert step_up.items() == before
    operator = step_up.decider("op", OPERATOR_SCOPE)
    assert operator.get(f"{DECISIONS}/{told['id']}").json == told
    assert operator.get(DECISIONS, query={"account_id": BAKERY}).json["data"] == [told]


def test_decisions_end_with_their_installation(step_up: StepUpBundle) -> None:
    step_up.stripe.install(BAKERY)
    old = step_up.decided(payer=step_up.allow("user"), key="k")
    step_up.tell(application_body("deauthorized", BAKERY, at=time.time() + 1))
    step_up.connect(HOLDER, BAKERY, at=time.time() + 60)
    new = step_up.decider(HOLDER).post(DECISIONS, asked()).json
    merchant, operator = step_up.decider(HOLDER), step_up.decider("op", OPERATOR_SCOPE)
    day = time.strftime("%Y-%m-%d", time.gmtime(new["created"]))
    for caller, query in ((merchant, {"account_id": BAKERY}), (operator, {"day": day})):
        assert caller.get(DECISIONS, query=query).json["data"] == [new]
    for caller in (merchant, operator):
        assert_problem(caller.get(f"{DECISIONS}/{old['id']}"), 404, "decision_not_found")
    for call_, body in (("result", {"payment_intent": "pi_1"}), ("review", {"outcome": "decline"})):
        answer = merchant.post(f"{DECISIONS}/{old['id']}/{call_}", body)
        assert_problem(answer, 404, "decision_not_found")


def test_a_server_that_is_no_longer_a_client_is_not_served(step_up: StepUpBundle) -> None:
    told = step_up.decided(key="k")
    step_up.user(HOLDER).patch(f"{INSTALLATIONS}/{BAKERY}", {"clients": []})
    assert_problem(step_up.decide(key="k"), 404, "installation_not_found")
    assert_problem(step_up.decider().get(f"{DECISIONS}/{told['id']}"), 404, "decision_not_found")
    assert step_up.decider(HOLDER).get(f"{DECISIONS}/{told['id']}").status == 200


def test_in_live_mode_stripe_confirms_the_installation_first(
    step_up_with: Callable[..., StepUpBundle], monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = FakeAccounts(Clock(2_000_000_000))
    monkeypatch.setattr("countersign.installs.context.StripeAccounts", lambda: accounts)
    live = step_up_with(secret="live")
    forget_settings()
    live.connect(HOLDER, BAKERY, livemode=True)
    accounts.install(BAKERY, "com.example.countersign")
    before, server = live.items(), live.decider(HOLDER)
    for path in (DECISIONS, SIMULATE):
        accounts.fails("installs", "down")
        accounts.fails("account", "down")
        assert_problem(call(server, "POST", path), 503, "stripe_unavailable")
    assert live.items() == before
    assert call(server, "POST", DECISIONS).status == 201
    assert live.user(HOLDER).get(f"{INSTALLATIONS}/{BAKERY}").json["livemode_confirmed"] is True
    accounts.forget(BAKERY)
    assert call(server, "POST", DECISIONS).status == 201


def test_a_handle_that_no_payer_has_is_unknown(step_up: StepUpBundle) -> None:
    before = step_up.items()
    for payer in ("", "A" * 43, "é", "payer#x", "\u0000"):
        for path in (DECISIONS, SIMULATE):
            assert_problem(step_up.decider().post(path, asked(payer=payer)), 404, "unknown_payer")
    assert step_up.items() == before


def test_a_handle_works_at_its_own_merchant_until_its_owner_ends_it(
    step_up: StepUpBundle, user: str
) -> None:
    step_up.open_shop(BOOKSHOP)
    step_up.register(user)
    elsewhere, payer = step_up.allow(user, BOOKSHOP), step_up.allow(user)
    assert_problem(step_up.decide(payer=elsewhere), 404, "unknown_payer")
    assert step_up.decided(payer=payer)["payer"] == payer
    ceremony = {"ceremony_id": step_up.ask(user)["ceremony_id"]}
    assert step_up.payer(None).post(OPT_OUT, ceremony).status == 204
    suspended = at_home(step_up, payer=payer)
    assert (suspended["payer"], suspended["methods"]) == (payer, ["3ds"])
    assert "confirmation_unavailable" in suspended["reasons"]
    assert step_up.allow(user) == payer
    assert at_home(step_up, payer=payer)["methods"] == ["spc", "3ds"]
    assert step_up.payer(user).delete(f"{PAYERS}/{BAKERY}").status == 204
    token, before = step_up.google.token(), step_up.items()
    assert_problem(step_up.decide(payer=payer, google_pay={"token": token}), 404, "unknown_payer")
    assert step_up.items() == before
    assert step_up.decided_on(token, payer=step_up.allow(user))["outcome"] == "proceed"


def at_home(step_up: StepUpBundle, **members: Any) -> Json:
    """A decision where no authentication is expected, so that a confirmation to us is enough."""
    return step_up.decided(amount=109_900, card={"issuer_country": "US"}, **members)


def test_a_confirmation_is_offered_if_the_payer_can_be_asked_for_it(
    step_up: StepUpBundle, user: str
) -> None:
    payer = step_up.allow(user)
    assert at_home(step_up)["methods"] == ["3ds"]
    assert at_home(step_up, payer=payer)["methods"] == ["3ds"]
    step_up.register(user)
    assert at_home(step_up, payer=payer)["methods"] == ["spc", "3ds"]
    assert step_up.decided(payer=payer)["methods"] == ["3ds"]


def test_no_confirmation_is_offered_after_too_many_wrong_answers_within_the_hour(
    step_up: StepUpBundle, user: str, clock: Clock
) -> None:
    step_up.register(user)
    payer = step_up.allow(user)
    wrong = {"wrong": {"N": str(MOST_WRONG)}, "wrong_since": {"N": str(clock())}}
    step_up.client.tables["spc"][f"payer#{payer}"].update(wrong)
    assert at_home(step_up, payer=payer)["methods"] == ["3ds"]
    clock.advance(3600)
    assert at_home(step_up, payer=payer)["methods"] == ["spc", "3ds"]


@pytest.mark.parametrize(
    "missing", [{"payee_name": None}, {"checkout_origins": None}, {"checkout_origins": []}]
)
def test_no_confirmation_is_offered_where_payers_could_not_see_whom_they_pay(
    step_up: StepUpBundle, user: str, missing: Json
) -> None:
    step_up.register(user)
    payer = step_up.allow(user)
    step_up.user(HOLDER).patch(f"{INSTALLATIONS}/{BAKERY}", missing)
    told = at_home(step_up, payer=payer)
    assert told["methods"] == ["3ds"]
    assert "confirmation_unavailable" in told["reasons"]


# Conventions.


def test_no_cache_keeps_an_answer(step_up: StepUpBundle) -> None:
    for method, path in CALLS:
        answer = call(step_up.decider(), method, path)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["vary"].lower() == "origin"


def test_only_the_businesss_own_sites_may_read_an_answer(
    step_up: StepUpBundle, subtests: pytest.Subtests
) -> None:
    for method, path in CALLS:
        own = call(step_up.decider(), method, path, headers={"origin": SITE})
        assert own.headers["access-control-allow-origin"] == SITE
        others = (*FOREIGN, "https://bakery.example") if path == DECISIONS else FOREIGN[:1]
        for origin in others:
            with subtests.test(method=method, path=path, origin=origin):
                answer = call(step_up.decider(), method, path, headers={"origin": origin})
                assert answer.status == own.status
                allowed = [one for one in answer.headers if one.startswith("access-control-allow")]
                assert allowed == []


def test_a_preflight_is_answered(step_up: StepUpBundle) -> None:
    for _, path in CALLS:
        event = http_event("OPTIONS", path, headers={"origin": SITE})
        answer = step_up.decider(None).send(event)
        assert (answer.status, answer.text) == (204, "")
        assert {"GET", "POST"} <= set(answer.headers["access-control-allow-methods"].split(", "))
        allowed = set(answer.headers["access-control-allow-headers"].split(", "))
        assert {"authorization", "content-type", "idempotency-key"} <= allowed


NO_CALLS = [
    ("DELETE", DECISIONS), ("PATCH", UNKNOWN), ("POST", UNKNOWN), ("GET", RESULT), ("POST", "/step-up"),
]  # fmt: skip


def test_another_route_is_not_found(step_up: StepUpBundle) -> None:
    for method, path in NO_CALLS:
        event = http_event(method, path, user=SERVER, scope=MERCHANT_SCOPE)
        assert_problem(step_up.decider().send(event), 404, "not_found")


def test_a_decision_says_until_when_it_may_be_used(step_up: StepUpBundle) -> None:
    told = step_up.decided()
    assert abs(told["created"] - time.time()) < 60
    assert told["expires_at"] - told["created"] == 1800
