"""The operations of Stripe's API that the stand-in has: method, path, parameters, what is done."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe.params import (
    AccountRetrieveCurrentParams,
    AccountRetrieveParams,
    ConfirmationTokenRetrieveParams,
    EventListParams,
    EventRetrieveParams,
    PaymentIntentCancelParams,
    PaymentIntentCaptureParams,
    PaymentIntentConfirmParams,
    PaymentIntentCreateParams,
    PaymentIntentListParams,
    PaymentIntentRetrieveParams,
    PaymentIntentUpdateParams,
    PaymentMethodRetrieveParams,
    SetupIntentListParams,
)
from stripe.params.apps import (
    InstallListParams,
    InstallRetrieveParams,
    InstallUninstallParams,
)
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

from local.stand_in import (
    account_calls,
    event_calls,
    install_calls,
    intent_calls,
    payment_calls,
    report_calls,
    sessions,
)
from local.stand_in.backend import Backend
from local.stand_in.calls import Call
from local.stand_in.errors import StripeError


@dataclass(frozen=True)
class Operation:
    """One call of the API; a `{name}` in the path is an id. `on_connected` is true for what can be
    called on behalf of a connected account too.
    """

    method: str
    path: str
    params: type
    run: Callable[[Backend, Call], dict[str, Any]]
    on_connected: bool = False


_SESSIONS, _SESSION = sessions.URL, f"{sessions.URL}/{{session}}"
_REPORTS, _EVENTS = report_calls.URL, event_calls.URL
_INTENT = f"{payment_calls.INTENTS}/{{intent}}"
_INSTALLS, _INSTALL = install_calls.URL, f"{install_calls.URL}/{{install}}"

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
    Operation("GET", _EVENTS, EventListParams, event_calls.list_all, on_connected=True),
    Operation(
        "GET", f"{_EVENTS}/{{event}}", EventRetrieveParams, event_calls.retrieve, on_connected=True
    ),
    Operation(
        "GET", account_calls.OWN_URL, AccountRetrieveCurrentParams, account_calls.retrieve_current,
        on_connected=True,
    ),
    Operation(
        "GET", f"{account_calls.URL}/{{account}}", AccountRetrieveParams, account_calls.retrieve,
        on_connected=True,
    ),
    Operation("GET", _INSTALLS, InstallListParams, install_calls.list_all, on_connected=True),
    Operation("GET", _INSTALL, InstallRetrieveParams, install_calls.retrieve, on_connected=True),
    Operation(
        "POST", f"{_INSTALL}/uninstall", InstallUninstallParams, install_calls.uninstall,
        on_connected=True,
    ),
    Operation(
        "GET", f"{payment_calls.METHODS}/{{payment_method}}", PaymentMethodRetrieveParams,
        payment_calls.retrieve_method, on_connected=True,
    ),
    Operation(
        "GET", f"{payment_calls.TOKENS}/{{confirmation_token}}", ConfirmationTokenRetrieveParams,
        payment_calls.retrieve_token, on_connected=True,
    ),
    Operation(
        "GET", _INTENT, PaymentIntentRetrieveParams,
        payment_calls.retrieve_intent, on_connected=True,
    ),
    Operation(
        "GET", payment_calls.INTENTS, PaymentIntentListParams, payment_calls.list_intents,
        on_connected=True,
    ),
    Operation(
        "POST", payment_calls.INTENTS, PaymentIntentCreateParams, intent_calls.create,
        on_connected=True,
    ),
    Operation(
        "POST", _INTENT, PaymentIntentUpdateParams, intent_calls.update, on_connected=True
    ),
    Operation(
        "POST", f"{_INTENT}/confirm", PaymentIntentConfirmParams, intent_calls.confirm,
        on_connected=True,
    ),
    Operation(
        "POST", f"{_INTENT}/capture", PaymentIntentCaptureParams, intent_calls.capture,
        on_connected=True,
    ),
    Operation(
        "POST", f"{_INTENT}/cancel", PaymentIntentCancelParams, intent_calls.cancel,
        on_connected=True,
    ),
    Operation(
        "GET", payment_calls.SETUPS, SetupIntentListParams, payment_calls.list_setups,
        on_connected=True,
    ),
)  # fmt: skip

_PATTERNS = tuple(
    (operation, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", operation.path)))
    for operation in OPERATIONS
)


def find(method: str, path: str) -> tuple[Operation, dict[str, str]]:
    """Return the operation and the ids in its path. Raises StripeError 404 when there is none."""
    for operation, pattern in _PATTERNS:
        match = pattern.fullmatch(path)
        if match and operation.method == method:
            return operation, match.groupdict()
    raise StripeError(
        f"Unrecognized request URL ({method}: {path[:200]}). The stand-in may not have it yet.",
        status=404,
    )
