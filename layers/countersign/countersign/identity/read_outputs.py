"""Read the verified outputs of a session for the business itself."""

from typing import Any

from countersign.identity.context import Context
from countersign.identity.read_session import retrieve_session
from countersign.identity.session import Session
from countersign.identity.snapshot import Snapshot
from countersign.problems import Problem


def read_outputs(context: Context, session: Session) -> dict[str, Any]:
    """Return the verified outputs of a session, as Stripe gives them to this key right now. They
    are never stored (docs/decisions.md#never-stored-or-logged).

    Raises 409 `not_verified` while there are none.
    """
    response = retrieve_session(context, session, expand=("verified_outputs",))
    outputs = response.body.get("verified_outputs")
    status = Snapshot.from_read(response.body, response.not_before).status
    if status != "verified" or outputs is None:
        detail = "Only a verified session has outputs. Ask again when its status is verified."
        raise Problem(409, "not_verified", detail)
    return dict(outputs)
