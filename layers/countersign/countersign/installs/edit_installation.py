"""What the holder of an account sets: the payee that payers are shown, and who may act for it."""

from typing import Any

from countersign.aws.changes import ConditionFailed
from countersign.installs.access import confirmed
from countersign.installs.context import Context
from countersign.installs.installation import Installation
from countersign.installs.origin_proof import Prove, is_proven
from countersign.installs.payee import checked
from countersign.installs.refusals import not_installed
from countersign.installs.store import set_config


def edit(
    context: Context, held: Installation, wanted: dict[str, Any], prove: Prove = is_proven
) -> Installation:
    """Set the members given; `None` removes one. A payee origin is proven anew each time.

    Raises 422 for members that are wrong, 409 `not_installed`, and `Unavailable`. In live mode an
    installation that Stripe has not confirmed yet is confirmed first, since until then it may only
    be read.
    """
    settings = checked(wanted, local=context.settings.on_one_machine)
    if not held.stands:
        raise not_installed()
    confirmed(context, held)
    if "payee_origin" in settings:
        origin = settings["payee_origin"]
        proven = origin is not None and prove(origin, held.account_id)
        settings["payee_proven"] = origin if proven else None
    sets = {name: value for name, value in settings.items() if value is not None}
    removes = [name for name, value in settings.items() if value is None]
    if not settings:
        return held
    try:
        return set_config(context.table, held, sets, removes)
    except ConditionFailed:
        raise not_installed() from None
