"""Check that a merchant has agreed to what a payment needs, before anything is charged, and that
they are not about to leave.
"""

from countersign.installs.check_install import try_check
from countersign.installs.installation import NEVER, Installation
from countersign.payments.closing import require_open
from countersign.payments.context import Contexts
from countersign.stripe_api.calls import PermissionMissing

NEEDED = frozenset(
    (
        "charge_read",
        "confirmation_token_read",
        "elements_write",
        "payment_intent_read",
        "payment_intent_write",
        "payment_method_read",
        "review_read",
    )
)
"""The app's permissions that the calls of a payment take. Without `charge_read` or `review_read` a
charge could be made and not be judged.
"""


def check_permissions(contexts: Contexts, installation: Installation) -> None:
    """Raise 409 `permission_missing` where the merchant has yet to agree to one. What Stripe said
    last is asked again, since they may have agreed since. Raise 409 `not_installed` where the
    installation is about to end.
    """
    require_open(contexts, installation)
    known = installation
    if known.checked_at == NEVER or _lacks(known):
        known = try_check(contexts.decisions.installs, known)
    if _lacks(known):
        raise PermissionMissing


def _lacks(installation: Installation) -> bool:
    return not NEEDED.isdisjoint(installation.permissions_missing)
