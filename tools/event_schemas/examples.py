"""An example of each kind of event: what its rule finds in a change."""

from countersign.domain_events.domain_event import Fact
from countersign.domain_events.identity_events import IdentityType, SessionState

_AT = 1796000000
_SESSION = "vs_1QexampleSessionabcdefgh"


def _session(type_: IdentityType, revision: int, status: str, error: str | None = None) -> Fact:
    state = SessionState(user_id="user_42", status=status, error=error, attempt=1)
    return Fact(type_, _SESSION, revision, _AT + 60 * revision, state)


_FACTS = (
    _session("identity.verified", 5, "verified"),
    _session("identity.requires_input", 3, "requires_input", "document_expired"),
    _session("identity.processing", 4, "processing"),
    _session("identity.canceled", 6, "canceled"),
    _session("identity.redacted", 7, "redacted"),
    _session("identity.revoked", 6, "requires_input", "under_supported_age"),
)
EXAMPLES = {fact.type: fact for fact in _FACTS}
"""The examples by the type of their event."""
