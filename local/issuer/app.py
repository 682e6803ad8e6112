"""The issuer's endpoints: it asks for a name, and believes it.

OpenID Connect Core 1.0, Discovery 1.0 and RP-Initiated Logout 1.0; RFC 6749, 7636 and 9207.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.datastructures import URL
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from local.issuer.form import sign_in_form
from local.issuer.sign_in import (
    SCOPES,
    AuthorizationRequest,
    Codes,
    RefusedError,
    UntrustedClientError,
    check_client,
    check_name,
    check_request,
    is_on_origin,
)
from local.issuer.tokens import ACCESS_LIFETIME_S, TokenMaker, subject
from local.pages import alert, page, paragraph

_NO_STORE = {"cache-control": "no-store"}


@dataclass(frozen=True)
class _Endpoints:
    tokens: TokenMaker
    client_id: str
    origins: tuple[str, ...]
    codes: Codes = field(default_factory=Codes)

    async def discovery(self, _: Request) -> Response:
        address = self.tokens.issuer
        return JSONResponse(
            {
                "issuer": address,
                "authorization_endpoint": f"{address}/authorize",
                "token_endpoint": f"{address}/token",
                "end_session_endpoint": f"{address}/logout",
                "jwks_uri": f"{address}/jwks.json",
                "scopes_supported": list(SCOPES),
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["none"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def jwks(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.tokens.public_jwk]})

    async def ask_name(self, request: Request) -> Response:
        query = request.query_params
        return self._checked(query, lambda _: sign_in_form(self._form_address, query, self.origins))

    async def take_name(self, request: Request) -> Response:
        form = await _form_of(request)
        return self._checked(form, lambda checked: self._signed_in(checked, form))

    async def token(self, request: Request) -> Response:
        try:
            grant = self.codes.redeem(await _form_of(request))
        except RefusedError as error:
            return JSONResponse(_described(error), 400, _NO_STORE)
        asked, sub = grant.request, subject(grant.name)
        answer = {
            "access_token": self.tokens.access_token(sub, asked.scopes, asked.client_id),
            "token_type": "Bearer",
            "expires_in": ACCESS_LIFETIME_S,
            "scope": " ".join(asked.scopes),
        }
        if "openid" in asked.scopes:
            token = self.tokens.id_token(sub, grant.name, asked.client_id, asked.nonce)
            answer["id_token"] = token
        return JSONResponse(answer, headers=_NO_STORE)

    async def logout(self, request: Request) -> Response:
        query = {**request.query_params, **await _form_of(request)}
        target = query.get("post_logout_redirect_uri", "")
        if not target:
            return page("Signed out", paragraph("You can close this page."))
        if not is_on_origin(target, self.origins):
            text = f"post_logout_redirect_uri must be a page on {' or '.join(self.origins)}"
            return page("This link cannot be followed", alert(text), 400)
        return _redirect(target, {"state": query["state"]} if "state" in query else {})

    @property
    def _form_address(self) -> str:
        return f"{self.tokens.issuer}/authorize"

    def _checked(
        self, query: Mapping[str, str], answer: Callable[[AuthorizationRequest], Response]
    ) -> Response:
        """Answer a good request; a bad one is sent back, or shown here if its client is unknown."""
        try:
            redirect_uri = check_client(query, self.client_id, self.origins)
        except UntrustedClientError as error:
            return page("This sign-in link is not right", alert(str(error)), 400)
        try:
            return answer(check_request(query, redirect_uri))
        except RefusedError as error:
            return self._return(redirect_uri, query.get("state"), _described(error))

    def _signed_in(self, checked: AuthorizationRequest, form: Mapping[str, str]) -> Response:
        name = check_name(form.get("name", ""))
        if name is None:
            return sign_in_form(self._form_address, form, self.origins, refused=True)
        code = self.codes.issue(checked, name)
        return self._return(checked.redirect_uri, checked.state, {"code": code})

    def _return(self, redirect_uri: str, state: str | None, answer: dict[str, str]) -> Response:
        kept = {} if state is None else {"state": state}
        return _redirect(redirect_uri, answer | kept | {"iss": self.tokens.issuer})


def create_issuer(tokens: TokenMaker, client_id: str, origins: tuple[str, ...]) -> Starlette:
    """Return the issuer as an app to mount at its address; `origins` are those of its client."""
    endpoints = _Endpoints(tokens, client_id, origins)
    cors = Middleware(CORSMiddleware, allow_origins=origins, allow_methods=["GET", "POST"])
    return Starlette(
        routes=[
            Route("/.well-known/openid-configuration", endpoints.discovery),
            Route("/jwks.json", endpoints.jwks),
            Route("/authorize", endpoints.ask_name, methods=["GET"]),
            Route("/authorize", endpoints.take_name, methods=["POST"]),
            Route("/token", endpoints.token, methods=["POST"]),
            Route("/logout", endpoints.logout, methods=["GET", "POST"]),
        ],
        middleware=[cors],
    )


async def _form_of(request: Request) -> dict[str, str]:
    """Return the members of a form-encoded body; a repeated one counts as not given (RFC 6749,
    3.1).
    """
    pairs = parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    names = [name for name, _ in pairs]
    return {name: value for name, value in pairs if names.count(name) == 1}


def _described(error: RefusedError) -> dict[str, str]:
    return {"error": error.code, "error_description": str(error)}


def _redirect(target: str, query: Mapping[str, str]) -> Response:
    # A member of the same name that the target has already is replaced.
    address = URL(target).include_query_params(**query) if query else target
    return RedirectResponse(address, 303, {"referrer-policy": "no-referrer", **_NO_STORE})
