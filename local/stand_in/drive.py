"""Takes a session to an outcome: by its name, or by what a person chooses on a page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from local.stand_in import agenda, lifecycle
from local.stand_in.backend import Backend
from local.stand_in.errors import StripeError
from local.stand_in.outcomes import CHECK_FAILURES, REASONS

Result = Literal["verified", "failed"]


@dataclass(frozen=True)
class Choice:
    """One test case on the pages. `client_error` is the code that Stripe.js answers with, None when
    something was submitted; `code` the session's own last_error.code then.
    """

    name: str
    label: str
    hint: str
    result: Result
    asynchronous: bool = False
    client_error: str | None = None
    code: str | None = None


SUBMISSIONS = (
    Choice("success", "Verification success", "Every check passes at once.", "verified"),
    Choice(
        "success_async", "Verification success (async)",
        "Processing for a few seconds, then verified.", "verified", asynchronous=True,
    ),
    Choice("failure", "Verification failure", "The check chosen below fails at once.", "failed"),
    Choice(
        "failure_async", "Verification failure (async)",
        "Processing for a few seconds, then the check chosen below fails.", "failed",
        asynchronous=True,
    ),
)  # fmt: skip
REFUSALS = (
    Choice(
        "consent_declined", "Decline consent", "I do not want to be verified by Stripe.",
        "failed", client_error="consent_declined", code="consent_declined",
    ),
    Choice(
        "device_unsupported", "No camera", "This device has none, or may not use it.",
        "failed", client_error="device_unsupported", code="device_not_supported",
    ),
    Choice(
        "under_supported_age", "Under age", "I am under the age of majority.",
        "failed", client_error="under_supported_age", code="under_supported_age",
    ),
    Choice(
        "phone_otp_declined", "Phone declined", "I cannot confirm the phone number.",
        "failed", client_error="phone_otp_declined", code="phone_verification_declined",
    ),
    Choice(
        "email_verification_declined", "E-mail declined", "I cannot confirm the e-mail address.",
        "failed", client_error="email_verification_declined", code="email_verification_declined",
    ),
    Choice(
        "something_new", "An error not known to the site", "A code that Stripe might add one day.",
        "failed", client_error="something_new", code="something_new",
    ),
)  # fmt: skip
CHOICES = {choice.name: choice for choice in (*SUBMISSIONS, *REFUSALS)}

_Step = Callable[[Backend, dict[str, Any]], None]


def to_outcome(backend: Backend, session_id: str, outcome: str, *, force: bool = False) -> None:
    """Drive a session to `verified`, `processing`, `canceled` or an error code.

    Raises StripeError when there is no such session or outcome, or it cannot be reached.
    """
    stored = lifecycle.load(backend, session_id)
    steps: dict[str, _Step] = {
        "verified": lifecycle.verify,
        "processing": _process,
        "canceled": lifecycle.cancel,
    }
    if step := steps.get(outcome):
        step(backend, stored)
        return
    lifecycle.check_code(outcome, force=force)
    lifecycle.fail(backend, stored, outcome)


def choose(backend: Backend, session_id: str, name: str, failure: str) -> Choice:
    """Do what a person chose; `failure` is the check that fails, where one is to. Raises
    StripeError.
    """
    choice = CHOICES.get(name)
    if choice is None:
        raise StripeError("Choose one of the outcomes.", param="outcome")
    fails_a_check = choice.result == "failed" and choice.code is None
    if fails_a_check and failure not in CHECK_FAILURES:
        raise StripeError("Choose one of the checks.", param="failure")
    outcome = choice.code or ("verified" if choice.result == "verified" else failure)
    if not choice.asynchronous:
        to_outcome(backend, session_id, outcome, force=True)
        return choice
    to_outcome(backend, session_id, "processing")
    delay = backend.config.processing_delay
    agenda.add(backend, "outcome", delay, session=session_id, outcome=outcome)
    return choice


def client_error(choice: Choice) -> dict[str, str] | None:
    """Return the error that Stripe.js resolves with, None when something was submitted."""
    if choice.client_error is None:
        return None
    message = REASONS.get(choice.code or "", "Something went wrong.")
    return {"type": "validation_error", "code": choice.client_error, "message": message}


def _process(backend: Backend, stored: dict[str, Any]) -> None:
    lifecycle.require(stored, ("requires_input",), "submitted")
    lifecycle.submit(backend, stored)
