"""The refusals of a Google Pay token, and of a deployment that cannot open any. Pure."""

from countersign.problems import Problem


class InvalidToken(Problem):
    """422 `invalid_google_pay_token`. `reason` says which check failed, and never what was read;
    `remedy` says what to do.
    """

    def __init__(self, reason: str, remedy: str = "Send it exactly as Google Pay gave it.") -> None:
        detail = f"The Google Pay token {reason}. {remedy}"
        super().__init__(422, "invalid_google_pay_token", detail)
        self.reason = reason


class TokenExpired(Problem):
    """422 `google_pay_token_expired`."""

    def __init__(self) -> None:
        detail = "The Google Pay token has expired. Ask the payer to pay again."
        super().__init__(422, "google_pay_token_expired", detail)


class Misconfigured(Problem):
    """500 `google_pay_misconfigured`; `detail` names the setting that is wrong."""

    def __init__(self, detail: str) -> None:
        super().__init__(500, "google_pay_misconfigured", detail)
