"""Reconciliation: on a schedule, by the operator's call, and by an operator's command.

The schedule sends `{"reconcile": {}}`, a command `{"reconcile": {"from": …, "to": …}}`, and the
function itself, for a call that it has answered, `{"reconcile": {"run": …}}`. `{"rebuild": {}}`
rebuilds what Stripe knows after a table was lost.
"""

from countersign.prepare import prepare  # isort: split

from typing import Annotated, Any, TypeVar

from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from models import RebuildRequest, ReconciliationRequest, ReconciliationView
from pydantic import BaseModel, ValidationError

from countersign.aws.telemetry import flush, logger
from countersign.http import deadline
from countersign.http.api import IdempotencyHeader, caller_of, create_api, idempotency_key_of, serve
from countersign.http.edge import OPERATOR
from countersign.http.rehearse import rehearse
from countersign.problems import Fault, Invalid, Problem
from countersign.reconciliation.begin_elsewhere import begin_elsewhere, lambda_client
from countersign.reconciliation.begin_run import begin_run, read_run
from countersign.reconciliation.context import context
from countersign.reconciliation.open_accounts import read_open_accounts
from countersign.reconciliation.perform import Step
from countersign.reconciliation.read_due import read_due
from countersign.reconciliation.read_events import read_own_events
from countersign.reconciliation.rebuild_from_stripe import Cursor, rebuild_from_stripe
from countersign.reconciliation.run_all import run_called, run_schedule
from countersign.settings import require_settings

require_settings(
    "DEPLOYMENT",
    "STRIPE_MODE",
    "IDENTITY_TABLE",
    "INSTALLS_TABLE",
    "OPERATIONS_TABLE",
    "PAYMENTS_TABLE",
    "SPC_TABLE",
    "STEP_UP_TABLE",
    "STRIPE_SECRET",
)

UNKNOWN = (
    'This payload is none that the function knows. Send {"reconcile": {}}, with "from" and "to" for'
    ' a time, or {"rebuild": {}}: see docs/operations.md.'
)
STEPS: tuple[Step, ...] = (read_own_events, read_open_accounts, read_due)
"""What a run does, in this order."""

Request = TypeVar("Request", bound=BaseModel)

api = create_api()

RunId = Annotated[str, Path(description="A run, `rec_…`.")]


@api.post("/reconciliations", tags=["Service"], status_code=202)
def begin_reconciliation(
    request: Annotated[ReconciliationRequest, Body()], idempotency_key: IdempotencyHeader = None
) -> ReconciliationView:
    """Ask Stripe for the events of a time, and store what is missing. Needs `countersign/operator`.

    The run begins at once. `GET /reconciliations/{id}` says how far it is.
    """
    operator = caller_of(api, OPERATOR)
    key = idempotency_key_of(api, operator.user, idempotency_key)
    record = begin_run(context(), request.from_, request.to, key)
    if record.status == "running":
        begin_elsewhere(api.lambda_context.function_name, record.id)
    return ReconciliationView.model_validate(record.view())


@api.get("/reconciliations/<run_id>", tags=["Service"])
def get_reconciliation(run_id: RunId) -> ReconciliationView:
    """Read how far a run is, and what it found. A run that was cut short goes on at once where
    somebody waits for it, and else by the schedule. Needs `countersign/operator`.
    """
    caller_of(api, OPERATOR)
    record = read_run(context(), run_id)
    if record.rests(context().now()):
        begin_elsewhere(api.lambda_context.function_name, record.id)
    return ReconciliationView.model_validate(record.view())


_serve = serve(api, "GET, POST")


def handler(event: dict[str, Any], lambda_context: Any) -> dict[str, Any]:
    """Answer a call, or do what an invocation without one asks for. Raises `ValueError` for a
    payload that is none of them.
    """
    if "requestContext" in event:
        response: dict[str, Any] = _serve(event, lambda_context)
        return response
    logger.structure_logs(append=False, aws_request_id=lambda_context.aws_request_id)
    deadline.start(lambda_context.get_remaining_time_in_millis() / 1000)
    try:
        match event:
            case {"rebuild": dict(wanted)}:
                return _rebuild(wanted)
            case {"reconcile": dict(wanted)}:
                return _reconcile(wanted)
        raise ValueError(UNKNOWN)
    finally:
        flush()


def _rebuild(wanted: dict[str, Any]) -> dict[str, Any]:
    """Rebuild what Stripe knows, and return where the next invocation goes on (`next`)."""
    try:
        cursor = Cursor(**_checked(RebuildRequest, wanted).model_dump())
        return rebuild_from_stripe(context(), cursor).view()
    except Problem as refused:
        return refused.as_dict()


def _reconcile(wanted: dict[str, Any]) -> dict[str, Any]:
    if not wanted:
        return {"reconciled": run_schedule(context(), STEPS)}
    if "run" in wanted:
        run_called(context(), STEPS, wanted["run"])
        return read_run(context(), wanted["run"]).view()
    try:
        asked = _checked(ReconciliationRequest, wanted)
        record = begin_run(context(), asked.from_, asked.to)
    except Problem as refused:
        return refused.as_dict()
    run_called(context(), STEPS, record.id)
    return read_run(context(), record.id).view()


def _checked(model: type[Request], wanted: dict[str, Any]) -> Request:
    """Return what a command asks for. Raises 422 `invalid_request`, as a call does."""
    try:
        return model.model_validate(wanted)
    except ValidationError as error:
        faults: list[Fault] = [
            {"pointer": f"/{entry['loc'][0]}", "message": entry["msg"]} for entry in error.errors()
        ]
        raise Invalid(faults) from error


prepare(
    lambda: context().table.connect(),
    lambda_client,
    rehearsal=lambda: rehearse(api, "POST", "/reconciliations"),
)
