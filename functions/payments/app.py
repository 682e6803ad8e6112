"""Payments: their calls, and the sweep that looks at what is due."""

from countersign.prepare import prepare  # isort: split

from typing import Any, NoReturn

from calls import api

from countersign.aws.telemetry import flush, logger
from countersign.crypto.token_keys import token_keys
from countersign.http import deadline
from countersign.http.api import serve
from countersign.http.rehearse import rehearse
from countersign.payments.context import contexts
from countersign.payments.stripe_calls import INTENTS
from countersign.payments.sweep_payments import sweep_payments
from countersign.settings import require_settings
from countersign.step_up.deployed_rules import deployed_rules
from countersign.step_up.stripe_calls import CARDS
from countersign.stripe_api.clients import connect

require_settings(
    "DEPLOYMENT",
    "STRIPE_MODE",
    "INSTALLS_TABLE",
    "PAYMENTS_TABLE",
    "SPC_TABLE",
    "STEP_UP_TABLE",
    "STRIPE_SECRET",
    "TOKEN_SECRET",
)

UNKNOWN = 'This payload is none that the function knows. Send {"sweep": {}}: see docs/payments.md.'

_serve = serve(api, "GET, POST")


def handler(event: dict[str, Any], lambda_context: Any) -> dict[str, Any]:
    """Answer a call, or sweep (`{"sweep": {}}`). Raises `ValueError` for any other payload."""
    if "requestContext" in event:
        response: dict[str, Any] = _serve(event, lambda_context)
        return response
    if event != {"sweep": {}}:
        _unknown()
    logger.structure_logs(append=False, aws_request_id=lambda_context.aws_request_id)
    deadline.start(lambda_context.get_remaining_time_in_millis() / 1000 - 1)
    try:
        swept = sweep_payments(contexts()).view()
        logger.info("swept", extra=swept)
        return {"swept": swept}
    finally:
        flush()


def _unknown() -> NoReturn:
    raise ValueError(UNKNOWN)


prepare(
    lambda: contexts().payments.table.connect(),
    token_keys,
    deployed_rules,
    lambda: connect(CARDS, INTENTS),
    rehearsal=lambda: rehearse(api, "POST", "/payments"),
)
