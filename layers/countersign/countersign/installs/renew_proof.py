"""Renew a proof: a payee origin that was proven a week ago is proven again when it is used.

The origin may be slow or gone, and a payer waits: it is tried once an hour at most, for two
seconds. A proof that cannot be renewed counts for three more days; after that payers are not shown
the origin, until a later try finds the file again.
"""

from typing import TYPE_CHECKING

from countersign.installs.context import Context
from countersign.installs.installation import Installation
from countersign.installs.store import learn

if TYPE_CHECKING:
    from countersign.installs.origin_proof import Prove

WEEK = 7 * 24 * 3600
"""Seconds after which a proof is renewed."""
RETRY = 3600
"""Seconds between two tries."""


def renew_proof(
    context: Context, installation: Installation, prove: "Prove | None" = None
) -> Installation:
    """Return an installation whose payee origin has been proven again, if that was due and the
    origin still names the account.
    """
    now = context.now()
    if not installation.was_payee_proven or now - installation.payee_proven_at < WEEK:
        return installation
    if now - installation.payee_tried_at < RETRY:
        return installation
    tried = learn(context.table, installation, {"payee_tried_at": now})
    origin = installation.payee_origin
    prove = prove or _prover()
    if origin is None or not prove(origin, installation.account_id):
        return tried
    # An origin that was set in the meantime has a proof of its own, or none for this time to date.
    return learn(context.table, tried, {"payee_proven_at": now})


def _prover() -> "Prove":
    """Return what proves an origin. Few calls need it, and its import costs each cold start."""
    from countersign.installs.origin_proof import is_proven_soon

    return is_proven_soon
