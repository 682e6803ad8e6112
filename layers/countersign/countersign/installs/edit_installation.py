"""Edit an installation: the payee that payers are shown, and who may act for the account."""

from typing import Any

from countersign.aws.changes import ConditionFailed
from countersign.installs.access import ensure_confirmed, read_account
from countersign.installs.account_facts import names_in
from countersign.installs.context import Context
from countersign.installs.installation import Installation
from countersign.installs.origin_proof import Prove, is_proven
from countersign.installs.payee import check_members
from countersign.installs.refusals import not_installed, payee_name_unknown
from countersign.installs.store import set_members
from countersign.problems import Unavailable
from countersign.stripe_api.keys import deployment_is_live

_TRIES = 5


def edit_members(
    context: Context, installation: Installation, wanted: dict[str, Any], prove: Prove = is_proven
) -> Installation:
    """Set these members; `None` removes one. A payee origin is proven again each time it is set.

    Raises 422 for members that are wrong, 409 `not_installed`, and `Unavailable`. In live mode an
    installation that Stripe has not confirmed yet is confirmed first, since until then it can only
    be read, and a payee name that is new has to be one of those that Stripe has of the account: 422
    `payee_name_unknown`, and what `read_account` raises where they cannot be read.
    """
    members = check_members(wanted, local=context.settings.on_one_machine)
    if not installation.stands:
        raise not_installed()
    ensure_confirmed(context, installation)
    if not members:
        return installation
    name = members.get("payee_name")
    if deployment_is_live() and name not in (None, installation.payee_name):
        _check_name(context, installation, name)
    if "payee_origin" in members:
        origin = members["payee_origin"]
        proven = origin is not None and prove(origin, installation.account_id)
        members["payee_proven"] = origin if proven else None
        members["payee_proven_at"] = context.now() if proven else None
    return _stored(context, installation, members)


def _check_name(context: Context, installation: Installation, name: str) -> None:
    if name not in names_in(read_account(context, installation).body):
        raise payee_name_unknown()


def _stored(context: Context, installation: Installation, members: dict[str, Any]) -> Installation:
    """Return the installation with these members, while it stands: events, other callbacks and
    other members may be stored in between. Raises 409 `not_installed`.
    """
    found = installation
    for _ in range(_TRIES):
        try:
            return set_members(context.table, found, members)
        except ConditionFailed as failed:
            found = Installation.from_item(failed.item or {"pk": ""})
        if not found.continues(installation):
            raise not_installed()
    raise Unavailable("storage")
