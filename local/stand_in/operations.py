"""The operations of Stripe's API that the stand-in has: method, path, parameters, what is done."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe.params import EventListParams, EventRetrieveParams
from stripe.params.identity import (
    VerificationReportListParams,
    VerificationReportRetrieveParams,
    VerificationSessionCancelParams,
    VerificationSessionCreateParams,
    VerificationSessionListParams,
    VerificationSessionRedactParams,
    VerificationSessionRetrieveParams,
    VerificationSessionUpdateParams,
)

from local.stand_in import event_calls, report_calls, sessions
from local.stand_in.backend import Backend
from local.stand_in.calls import Call
from local.stand_in.errors import StripeError


@dataclass(frozen=True)
class Operation:
    """One call of the API; a `{name}` in the path is an id."""

    method: str
    path: str
    params: type
    run: Callable[[Backend, Call], dict[str, Any]]


_SESSIONS, _SESSION = sessions.URL, f"{sessions.URL}/{{session}}"
_REPORTS, _EVENTS = report_calls.URL, event_calls.URL

OPERATIONS = (
    Operation("POST", _SESSIONS, VerificationSessionCreateParams, sessions.create),
    Operation("GET", _SESSIONS, VerificationSessionListParams, sessions.list_all),
    Operation("GET", _SESSION, VerificationSessionRetrieveParams, sessions.retrieve),
    Operation("POST", _SESSION, VerificationSessionUpdateParams, sessions.update),
    Operation("POST", f"{_SESSION}/cancel", VerificationSessionCancelParams, sessions.cancel),
    Operation("POST", f"{_SESSION}/redact", VerificationSessionRedactParams, sessions.redact),
    Operation("GET", _REPORTS, VerificationReportListParams, report_calls.list_all),
    Operation(
        "GET", f"{_REPORTS}/{{report}}", VerificationReportRetrieveParams, report_calls.retrieve
    ),
    Operation("GET", _EVENTS, EventListParams, event_calls.list_all),
    Operation("GET", f"{_EVENTS}/{{event}}", EventRetrieveParams, event_calls.retrieve),
)

_PATTERNS = tuple(
    (operation, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", operation.path)))
    for operation in OPERATIONS
)


def find(method: str, path: str) -> tuple[Operation, dict[str, str]]:
    """The operation and the ids in its path; raises StripeError 404 when there is none."""
    for operation, pattern in _PATTERNS:
        match = pattern.fullmatch(path)
        if match and operation.method == method:
            return operation, match.groupdict()
    raise StripeError(
        f"Unrecognized request URL ({method}: {path[:200]}). The stand-in may not have it yet.",
        status=404,
    )
