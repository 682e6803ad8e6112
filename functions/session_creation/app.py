"""The Identity calls: one verification session a user, and what became of it."""

import hmac
import re
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

from countersign.http.api import IdempotencyHeader, caller_of, create_api, serve
from countersign.http.api import idempotency_key as key_of
from countersign.http.edge import OPERATOR, public_origin
from countersign.http.idempotency import honour
from countersign.http.return_url import check_return_url, is_allowed
from countersign.identity import (
    create_at_stripe,
    end_session,
    open_session,
    operator,
    read_session,
    slots,
)
from countersign.identity.context import context
from countersign.identity.snapshot import view
from countersign.problems import Unavailable
from countersign.settings import require_settings, settings

require_settings("DEPLOYMENT", "IDENTITY_TABLE", "STRIPE_SECRET")

api = create_api()

SessionId = Annotated[str, Path(description="A verification session, `vs_…`.")]
Handed = ModalSession | RedirectSession
MODAL = CreateSession()
"""What an empty body asks for."""


@api.post("/create-verification-session", tags=["Identity"])
def create_verification_session(
    request: Annotated[CreateSession, Body()] = MODAL,
    idempotency_key: IdempotencyHeader = None,
) -> Handed:
    """Begin to verify the caller, or go on with the session that is open.

    The answer has a `client_secret` for the modal or a `url` for Stripe's page, never both.
    """
    user = caller_of(api).subject
    if request.return_url is not None:
        check_return_url(request.return_url, settings().allowed_return_urls)
    details = {"email": request.email, "phone": request.phone}
    wish = create_at_stripe.Wish(
        user=user,
        origin=_origin(),
        return_url=request.return_url if request.flow == "modal" else request.return_url or "",
        details={name: value for name, value in details.items() if value},
    )
    session = _once(user, wish, idempotency_key)
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
    """The sessions of this deployment, newest first. Needs `countersign/operator`."""
    caller_of(api, OPERATOR)
    query = operator.Query(user_id=user_id, status=status, cursor=cursor, limit=limit)
    return SessionList.model_validate(operator.list_sessions(context(), query))


@api.get("/verification-sessions/current", tags=["Identity"])
def get_current_verification_session() -> SessionView:
    """The caller's own session, the last one that was begun."""
    user = caller_of(api).subject
    return _own(user, read_session.current_session_id(context(), user))


@api.get("/verification-sessions/<session_id>", tags=["Identity"])
def get_verification_session(session_id: SessionId) -> SessionView:
    """A session of the caller. While it is open, Stripe is asked, at growing intervals."""
    return _own(caller_of(api).subject, session_id)


@api.post("/verification-sessions/<session_id>/cancel", tags=["Identity"])
def cancel_verification_session(session_id: SessionId) -> SessionView:
    """End a session that needs input, for good."""
    item = read_session.own_session(context(), caller_of(api).subject, session_id)
    return _shown(end_session.cancel(context(), item))


@api.post("/verification-sessions/<session_id>/redact", tags=["Identity"], status_code=202)
def redact_verification_session(session_id: SessionId) -> SessionView:
    """Have Stripe erase what was collected; for the owner, or with `countersign/operator`."""
    caller = caller_of(api)
    if caller.is_operator:
        item = read_session.stored_session(context(), session_id)
    else:
        item = read_session.own_session(context(), caller.subject, session_id)
    return _shown(end_session.redact(context(), item))


@api.get("/verification-sessions/<session_id>/outputs", tags=["Identity"])
def get_verified_outputs(session_id: SessionId) -> dict[str, Any]:
    """Stripe's `verified_outputs`, read now and never stored. Needs `countersign/operator`."""
    caller_of(api, OPERATOR)
    return operator.verified_outputs(context(), read_session.stored_session(context(), session_id))


@api.get("/verify/return/<handle>", include_in_schema=False)
def return_from_stripe(handle: str) -> Response[str]:
    """Where Stripe's page returns to: on to the caller's page, or to our own that tells more."""
    target = _return_target(handle) or f"{_origin()}/confirmation"
    headers = {"Location": target, "Referrer-Policy": "no-referrer"}
    return Response(status_code=303, content_type="text/plain", body="", headers=headers)


def _return_target(handle: str) -> str | None:
    """The page that the session's caller named, if the handle is genuine and the page allowed.

    A visitor is never left in front of an error here: whatever fails ends on our own page.
    """
    parts = re.fullmatch(r"([0-9a-f]{64})([A-Za-z0-9_-]{22})", handle)
    if parts is None:
        return None
    try:
        slot = slots.load(context().table, f"slot#{parts[1]}")
    except Unavailable:
        return None
    if slot is None or not hmac.compare_digest(slot.return_token, parts[2]):
        return None
    allowed = is_allowed(slot.return_url, settings().allowed_return_urls)
    return slot.return_url if allowed else None


def _once(user: str, wish: create_at_stripe.Wish, key: str | None) -> create_at_stripe.Session:
    """Open the session, under the `Idempotency-Key` if the caller sent one."""

    def create() -> tuple[str, create_at_stripe.Session]:
        session = open_session.open_session(context(), wish)
        return session["id"], session

    return honour(
        context().table,
        key_of(api, user, key),
        create,
        lambda session_id: open_session.reopen(context(), user, session_id),
    )


def _own(user: str, session_id: str) -> SessionView:
    return _shown(
        read_session.fresh(context(), read_session.own_session(context(), user, session_id))
    )


def _shown(item: dict[str, Any]) -> SessionView:
    return SessionView.model_validate(view(item))


def _origin() -> str:
    return public_origin(api.current_event.raw_event)


handler = serve(api, methods="GET, POST")
