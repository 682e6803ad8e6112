"""Step-up decisions: whether a payment needs a stronger proof, which, and what became of it."""

from countersign.prepare import prepare  # isort: split

from collections.abc import Callable
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from models import Day, DecisionRequest, ResultRequest, ReviewRequest, SimulationRequest
from views import DecisionList, DecisionView, SimulationView

from countersign.crypto.pseudonyms import pseudonym_of
from countersign.crypto.token_keys import token_keys
from countersign.http.api import IdempotencyHeader, caller_of, create_api, idempotency_key_of, serve
from countersign.http.edge import MERCHANT, OPERATOR, Caller
from countersign.http.rehearse import rehearse
from countersign.installs import access
from countersign.installs.installation import Installation
from countersign.installs.refusals import not_found
from countersign.problems import Invalid, Problem
from countersign.settings import require_settings, settings
from countersign.step_up import store
from countersign.step_up.context import contexts
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.deployed_rules import deployed_rules
from countersign.step_up.judgment import judge
from countersign.step_up.make_decision import make_decision
from countersign.step_up.own_decisions import own_decisions
from countersign.step_up.record_results import record_results
from countersign.step_up.refusals import decision_not_found
from countersign.step_up.review import Review
from countersign.step_up.review_decision import review_decision
from countersign.step_up.simulate_decision import simulate_decision
from countersign.step_up.stripe_calls import CARDS
from countersign.stripe_api.clients import connect

require_settings(
    "DEPLOYMENT",
    "STRIPE_MODE",
    "GOOGLE_PAY_SECRET",
    "INSTALLS_TABLE",
    "SPC_TABLE",
    "STEP_UP_TABLE",
    "STRIPE_SECRET",
    "TOKEN_SECRET",
)

api = create_api()

DecisionId = Annotated[str, Path(description="A decision, `dec_…`.")]


@api.post("/step-up-decisions", tags=["Step-up"], status_code=201)
def decide(
    request: Annotated[DecisionRequest, Body()], idempotency_key: IdempotencyHeader = None
) -> DecisionView:
    """Decide whether this payment needs a stronger proof. A Google Pay token counts once."""
    server = caller_of(api, MERCHANT)
    installation = _installation(server, request.account_id)
    order, key = request.order(), idempotency_key_of(api, server.user, idempotency_key)
    return _view(make_decision(contexts(), deployed_rules(), installation, order, key))


@api.post("/step-up-decisions/simulate", tags=["Step-up"])
def simulate(request: Annotated[SimulationRequest, Body()]) -> SimulationView:
    """Decide a payment without storing anything or using up a token."""
    installation = _installation(caller_of(api, MERCHANT), request.account_id)
    supposed = request.suppose.model_dump() if request.suppose else None
    decided = simulate_decision(
        contexts(), deployed_rules(), installation, request.order(), supposed
    )
    return SimulationView.model_validate(decided.view())


@api.get("/step-up-decisions", tags=["Step-up"])
def list_decisions(
    account_id: Annotated[str | None, Query(min_length=1, max_length=255)] = None,
    day: Annotated[Day | None, Query(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] = None,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{10}\.dec_[A-Za-z0-9_-]{22}$")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> DecisionList:
    """List the decisions of a merchant, or for the operator all of a day (UTC), newest first."""
    caller = caller_of(api)
    if (account_id is None) == (day is None):
        message = "give the account_id, or as the operator the day"
        raise Invalid([{"pointer": "/account_id", "message": message}])
    table = contexts().step_up.table
    if account_id is not None:
        _check_may_read(caller, account_id)
        found, following = store.page_of_account(table, account_id, cursor, limit)
    else:
        caller.require(OPERATOR)
        found, following = store.page_of_day(table, str(day), cursor, limit)
    own = own_decisions(contexts(), found)
    return DecisionList(data=[_view(record) for record in own], next_cursor=following)


@api.get("/step-up-decisions/<decision_id>", tags=["Step-up"])
def get_decision(decision_id: DecisionId) -> DecisionView:
    """Read a decision, as the merchant that it was made for or as the operator."""
    caller = caller_of(api)
    record = _load(decision_id)
    _check_may_read(caller, record.order.account_id, decision_not_found)
    if not own_decisions(contexts(), [record]):
        raise decision_not_found()
    return _view(record)


@api.post("/step-up-decisions/<decision_id>/result", tags=["Step-up"])
def tell_result(decision_id: DecisionId, request: Annotated[ResultRequest, Body()]) -> DecisionView:
    """Report what became of a decision: only which ceremony and payment. The rest is read, and
    whether the payment was made as it was decided is judged.
    """
    server = caller_of(api, MERCHANT)
    record = _load(decision_id)
    installation = _installation(server, record.order.account_id, decision_not_found)
    _check_own(installation, record)
    named = request.ceremony_id, request.payment_intent
    return _view(record_results(contexts(), installation, record, *named))


@api.post("/step-up-decisions/<decision_id>/review", tags=["Step-up"])
def end_review(decision_id: DecisionId, request: Annotated[ReviewRequest, Body()]) -> DecisionView:
    """End the review of a decision, once. What the floor forbids stays forbidden."""
    server = caller_of(api, MERCHANT)
    record = _load(decision_id)
    installation = _installation(server, record.order.account_id, decision_not_found)
    _check_own(installation, record)
    now, reviewer = contexts().step_up.now(), pseudonym_of(server.user)
    review = Review(request.outcome, now, reviewer, request.note)
    return _view(review_decision(contexts(), deployed_rules(), installation, record, review))


def _installation(
    server: Caller, account_id: str, unknown: Callable[[], Problem] = not_found
) -> Installation:
    """Return the installation that the caller may act for."""
    return access.require_usable(contexts().installs, server.user, account_id, unknown)


def _check_may_read(
    caller: Caller, account_id: str, unknown: Callable[[], Problem] = not_found
) -> None:
    if not caller.is_operator:
        caller.require(MERCHANT)
        access.require_may_act(contexts().installs, caller.user, account_id, unknown)


def _load(decision_id: str) -> DecisionRecord:
    record = store.load(contexts().step_up.table, decision_id)
    if record is None:
        raise decision_not_found()
    return record


def _check_own(installation: Installation, record: DecisionRecord) -> None:
    """Raise 404 for a decision of an earlier installation."""
    if not record.belongs_to(installation):
        raise decision_not_found()


def _view(record: DecisionRecord) -> DecisionView:
    members = record.view()
    judged = judge(record).view()
    return DecisionView.model_validate(members | {"results": members["results"] | judged})


def _load_google_pay() -> None:
    """Import what opens Google Pay tokens, and read the keys, where this deployment opens any."""
    if settings().google_pay_recipient_id:
        import countersign.google_pay.open_token  # noqa: F401
        from countersign.google_pay.configured_keys import configured_keys

        configured_keys(settings(), contexts().step_up.now() * 1000)


handler = serve(api, "GET, POST")

prepare(
    lambda: contexts().step_up.table.connect(),
    token_keys,
    deployed_rules,
    _load_google_pay,
    lambda: connect(CARDS),
    rehearsal=lambda: rehearse(api, "POST", "/step-up-decisions"),
)
