"""The Identity calls: one verification session per user, and what became of it."""

from countersign.prepare import prepare  # isort: split

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from models import (
    CreateSession,
    ModalSession,
    RedirectSession,
    SessionList,
    SessionView,
    Status,
)

from countersign.context import context_for
from countersign.crypto.token_keys import token_keys
from countersign.http.api import (
    IdempotencyHeader,
    caller_of,
    create_api,
    idempotency_key_of,
    person_of,
    serve,
)
from countersign.http.edge import OPERATOR, Caller, public_origin
from countersign.http.idempotency import create_once
from countersign.http.rehearse import rehearse
from countersign.http.return_url import check_return_url
from countersign.identity.context import context
from countersign.identity.end_session import cancel_session, redact_session
from countersign.identity.list_sessions import SessionQuery, list_sessions
from countersign.identity.open_session import open_session, reopen_session
from countersign.identity.read_outputs import read_outputs
from countersign.identity.read_session import (
    read_current_session_id,
    read_own_session,
    read_session,
)
from countersign.identity.refresh_session import refresh_session
from countersign.identity.return_page import new_return_handle, read_return_url
from countersign.identity.session import Session
from countersign.identity.session_request import SessionRequest
from countersign.identity.stripe_calls import SESSIONS, StripeSession
from countersign.settings import require_settings, settings
from countersign.stripe_api.clients import connect

require_settings("DEPLOYMENT", "STRIPE_MODE", "IDENTITY_TABLE", "STRIPE_SECRET", "TOKEN_SECRET")

api = create_api()

SessionId = Annotated[str, Path(description="The id of a verification session, `vs_…`.")]
OpenedSession = ModalSession | RedirectSession
MODAL = CreateSession()
"""What an empty body asks for."""


@api.post("/create-verification-session", tags=["Identity"])
def create_verification_session(
    request: Annotated[CreateSession, Body()] = MODAL,
    idempotency_key: IdempotencyHeader = None,
) -> OpenedSession:
    """Begin to verify the caller, or continue with the session that is open.

    The response has a `client_secret` for the modal or a `url` for Stripe's page, never both.
    """
    caller = person_of(api)
    if request.return_url is not None:
        check_return_url(request.return_url, settings().allowed_return_urls)
    details = {"email": request.email, "phone": request.phone}
    wanted = SessionRequest(
        user=caller.user,
        origin=_origin(),
        return_handle=new_return_handle(),
        return_url=request.return_url if request.flow == "modal" else request.return_url or "",
        details={name: value for name, value in details.items() if value},
    )
    session = _open_once(caller, wanted, idempotency_key)
    if request.flow == "modal":
        return ModalSession(id=session["id"], client_secret=session["client_secret"])
    return RedirectSession(id=session["id"], url=session["url"])


@api.get("/verification-sessions", tags=["Identity"])
def list_verification_sessions(
    user_id: Annotated[str | None, Query(min_length=1, max_length=255)] = None,
    status: Annotated[Status | None, Query()] = None,
    cursor: Annotated[str | None, Query(pattern=r"^vs_[A-Za-z0-9_]{1,250}$")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> SessionList:
    """List the sessions of this deployment, newest first. Needs `countersign/operator`."""
    caller_of(api, OPERATOR)
    query = SessionQuery(user_id=user_id, status=status, cursor=cursor, limit=limit)
    return SessionList.model_validate(list_sessions(context(), query))


@api.get("/verification-sessions/current", tags=["Identity"])
def get_current_verification_session() -> SessionView:
    """Return the caller's latest session."""
    caller = person_of(api)
    return _own(caller, read_current_session_id(context(), caller.user))


@api.get("/verification-sessions/<session_id>", tags=["Identity"])
def get_verification_session(session_id: SessionId) -> SessionView:
    """Return a session of the caller. While it is open, Stripe is asked at growing intervals."""
    return _own(person_of(api), session_id)


@api.post("/verification-sessions/<session_id>/cancel", tags=["Identity"])
def cancel_verification_session(session_id: SessionId) -> SessionView:
    """Cancel a session that needs input. This is final."""
    caller = person_of(api)
    session = read_own_session(context(), caller.user, session_id)
    return _view(cancel_session(context_for(context(), caller), session))


@api.post("/verification-sessions/<session_id>/redact", tags=["Identity"], status_code=202)
def redact_verification_session(session_id: SessionId) -> SessionView:
    """Have Stripe erase what was collected. For the owner, or with `countersign/operator`."""
    caller = caller_of(api)
    if caller.is_operator:
        return _view(redact_session(context(), read_session(context(), session_id)))
    caller.require_person()
    session = read_own_session(context(), caller.user, session_id)
    return _view(redact_session(context_for(context(), caller), session))


@api.get("/verification-sessions/<session_id>/outputs", tags=["Identity"])
def get_verified_outputs(session_id: SessionId) -> dict[str, Any]:
    """Read Stripe's `verified_outputs` now; they are never stored. Needs `countersign/operator`."""
    caller_of(api, OPERATOR)
    return read_outputs(context(), read_session(context(), session_id))


@api.get("/verify/return/<handle>", include_in_schema=False)
def return_from_stripe(handle: str) -> Response[str]:
    """Send a visitor who returns from Stripe's page to the caller's page, or to our own."""
    target = read_return_url(context(), handle) or f"{_origin()}/confirmation"
    headers = {"Location": target, "Referrer-Policy": "no-referrer"}
    return Response(status_code=303, content_type="text/plain", body="", headers=headers)


def _open_once(caller: Caller, wanted: SessionRequest, key: str | None) -> StripeSession:
    """Open the session, under the `Idempotency-Key` if the caller sent one."""
    own = context_for(context(), caller)

    def create() -> tuple[str, StripeSession]:
        session = open_session(own, wanted)
        return session["id"], session

    return create_once(
        context().table,
        idempotency_key_of(api, caller.user, key),
        create,
        lambda session_id: reopen_session(own, caller.user, session_id),
    )


def _own(caller: Caller, session_id: str) -> SessionView:
    session = read_own_session(context(), caller.user, session_id)
    return _view(refresh_session(context_for(context(), caller), session))


def _view(session: Session) -> SessionView:
    return SessionView.model_validate(session.view())


def _origin() -> str:
    return public_origin(api.current_event.raw_event)


handler = serve(api, methods="GET, POST")

prepare(
    lambda: context().table.connect(),
    token_keys,
    lambda: connect(SESSIONS),
    rehearsal=lambda: rehearse(api, "POST", "/create-verification-session"),
)
