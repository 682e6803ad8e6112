"""The calls of Countersign that the shop's server makes, with a merchant's token."""

import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from local.shop.config import SUBJECT, ShopConfig

MERCHANT_SCOPE = "countersign/merchant"
_TOKEN_LASTS = 3000
"""Seconds that a token is used; the issuer's last an hour."""
_TIMEOUT = 35
"""Longer than the 30 s that API Gateway allows."""
_GONE = 503

Json = dict[str, Any]


class RelyingPartyError(Exception):
    """A call that was not granted: the status and `code` of the problem that came back, the problem
    itself, and the seconds after which to try again where they were named.
    """

    def __init__(
        self,
        status: int,
        code: str,
        problem: Json | None = None,
        retry_after: str | None = None,
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code = status, code
        self.problem: Json = problem or {}
        self.retry_after = retry_after


@dataclass
class RelyingParty:
    """Countersign, as a merchant's server sees it."""

    config: ShopConfig
    http: httpx.AsyncClient
    _token: str = ""
    _fresh_until: float = field(default=0.0)

    async def call(self, method: str, path: str, **request: Any) -> Any:
        """Return a call in the shop's own name. Raises `RelyingPartyError`."""
        return await self.call_as(await self._own_token(), method, path, **request)

    async def call_as(self, token: str, method: str, path: str, **request: Any) -> Any:
        """Return a call with somebody's token."""
        headers = {"authorization": f"Bearer {token}", **request.pop("headers", {})}
        return (await self.send(method, path, headers=headers, **request)).json()

    async def token(self, subject: str, scope: str = "") -> str:
        """Return a token of the local issuer, which is how a machine gets one here."""
        body = {"sub": subject, "scope": scope}
        answer = await self.send("POST", "/_local/token", json=body)
        return str(answer.json()["access_token"])

    async def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Send as it is; raises `RelyingPartyError` for anything but success or a redirect."""
        url = f"{self.config.relying_party}{path}"
        try:
            answer = await self.http.request(method, url, timeout=_TIMEOUT, **request)
        except httpx.HTTPError as error:
            raise RelyingPartyError(_GONE, "network_error") from error
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            raise _error(answer)
        return answer

    async def _own_token(self) -> str:
        if time.monotonic() >= self._fresh_until:
            self._token = await self.token(SUBJECT, MERCHANT_SCOPE)
            self._fresh_until = time.monotonic() + _TOKEN_LASTS
        return self._token


def _error(answer: httpx.Response) -> RelyingPartyError:
    try:
        problem = answer.json()
        code = str(problem["code"])
    except (ValueError, KeyError, TypeError):
        problem, code = {}, "unexpected_answer"
    after = answer.headers.get("retry-after")
    return RelyingPartyError(answer.status_code, code, problem, after)
