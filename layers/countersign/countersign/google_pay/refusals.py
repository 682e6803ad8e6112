"""The refusals of a Google Pay token. Pure."""

from countersign.problems import Problem


class InvalidToken(Problem):
    """422 `invalid_google_pay_token`; `reason` says which check failed, and never what was read."""

    def __init__(self, reason: str) -> None:
        super().__init__(422, "invalid_google_pay_token", f"The Google Pay token {reason}.")
        self.reason = reason


class TokenExpired(Problem):
    """422 `google_pay_token_expired`."""

    def __init__(self) -> None:
        detail = "The Google Pay token has expired; ask the payer to pay again."
        super().__init__(422, "google_pay_token_expired", detail)


class Misconfigured(Problem):
    """500 `google_pay_misconfigured`; `detail` names the setting at fault."""

    def __init__(self, detail: str) -> None:
        super().__init__(500, "google_pay_misconfigured", detail)
