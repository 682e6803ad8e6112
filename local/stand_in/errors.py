"""Refusals in the shape of Stripe's error objects (docs.stripe.com/api/errors)."""

from typing import Any


class StripeError(Exception):
    """A call that is refused: the HTTP status and the members of Stripe's `error` object."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.members = {"type": type, "code": code, "message": message, "param": param, **more}

    @property
    def is_validation(self) -> bool:
        """A refusal that names a parameter came before anything was carried out, and so did one of
        who may call.
        """
        return self.members["param"] is not None or self.status == 403

    def body(self, request_log_url: str | None = None) -> dict[str, Any]:
        members = {**self.members, "request_log_url": request_log_url}
        return {"error": {name: value for name, value in members.items() if value is not None}}


class CarriedOut(StripeError):
    """A refusal that something was done for, and that stays: the attempt with a card that was
    declined. What is raised otherwise leaves everything as it was.
    """


def no_such(noun: str, identifier: str, param: str, status: int = 404) -> StripeError:
    """Stripe's `resource_missing`: 404 for what the path names, 400 for what a parameter names."""
    return StripeError(
        f"No such {noun}: '{identifier}'", status=status, code="resource_missing", param=param
    )


def unknown_parameter(param: str) -> StripeError:
    return StripeError(
        f"Received unknown parameter: {param}", code="parameter_unknown", param=param
    )


def missing_parameter(param: str) -> StripeError:
    return StripeError(f"Missing required param: {param}.", code="parameter_missing", param=param)
