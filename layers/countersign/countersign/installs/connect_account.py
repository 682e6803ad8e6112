"""From Stripe's callback to an installation, or to the plain refusal of one.

The checks run from the cheapest to the dearest: shape, state (ours, known, unused, unexpired, this
browser's), signature, mode, and whether somebody else holds the account. What passes them all is
stored in one transaction with the use of the state; what fails leaves nothing behind.
"""

import contextlib
from dataclasses import dataclass

from countersign.aws.changes import Change, TransactionRefused
from countersign.aws.items import Item
from countersign.aws.telemetry import logger
from countersign.crypto.minted import fingerprint
from countersign.installs import link_state
from countersign.installs.access import own
from countersign.installs.callback import Callback, is_account
from countersign.installs.context import Context
from countersign.installs.install_signature import is_install_signed
from countersign.installs.installation import Installation, Installed
from countersign.installs.link_state import State
from countersign.installs.refusals import (
    invalid_confirmation,
    invalid_signature,
    invalid_state,
    wrong_mode,
)
from countersign.installs.store import account_key, connecting, settle
from countersign.problems import Problem
from countersign.stripe_api.keys import app_secrets, deployment_is_live, passes_with
from countersign.stripe_api.signature import signed_at


@dataclass(frozen=True, slots=True)
class Connected:
    """Where the browser goes on to: `return_to` (empty for our own page) with the account, and the
    confirmation of a pending installation, which goes into the fragment.
    """

    account_id: str
    return_to: str
    confirmation: str | None


def connect(context: Context, callback: Callback, cookies: list[str]) -> Connected:
    """Store the installation that a callback tells of; while the binding is off, leave it pending.

    Raises 400 `invalid_state`, `invalid_install_signature` and `wrong_mode`, 409
    `account_held_by_another_user`, and `Unavailable`.
    """
    bound = cookies if context.settings.install_binding else None
    state_pk, account_pk = link_state.state_key(callback.state), account_key(callback.account_id)
    seen: list[State] = []

    def decide(items: dict[str, Item]) -> list[Change]:
        state = link_state.read_state(items.get(state_pk), bound, context.now())
        seen.append(state)
        if state.is_repeated_by(callback.use):
            return []
        told = _told(callback, state.user, context.now())
        changes = _connecting(items.get(account_pk) or {"pk": account_pk}, told)
        if bound is None:
            confirmation = link_state.confirmation_of(callback.state)
            changes = [link_state.leave_pending(confirmation, told, context.now())]
        return [link_state.use(state, callback.use, context.now()), *changes]

    settle(context.table, [state_pk, account_pk], decide, invalid_state())
    return Connected(
        account_id=callback.account_id,
        return_to=seen[-1].return_to,
        confirmation=link_state.confirmation_of(callback.state) if bound is None else None,
    )


def _connecting(account: Item, told: Installed) -> list[Change]:
    """The changes of an installation; an account that is not to be had leaves an audit record."""
    try:
        return connecting(Installation(account), told)
    except Problem as problem:
        tried = {"account": told.account_id, "user": fingerprint(told.user), "code": problem.code}
        logger.warning("an account was refused to a user", extra=tried)
        raise


def _told(callback: Callback, user: str, now: int) -> Installed:
    """What a genuine callback of our mode tells; raises 400 for any other.

    A missing `livemode=false` proves nothing either, since it is not signed: see `acting`.
    """
    if not passes_with(
        app_secrets,
        lambda known: is_install_signed(
            callback.signature, callback.state, callback.user_id, callback.account_id, known, now
        ),
    ):
        raise invalid_signature()
    if callback.livemode != deployment_is_live():
        raise wrong_mode(live=deployment_is_live())
    at = signed_at(callback.signature)
    assert at is not None  # noqa: S101 (a genuine signature has its time)
    return Installed(user, callback.account_id, callback.user_id, at)


def confirm(context: Context, user: str, account_id: str, confirmation: str) -> Installation:
    """Store a pending installation, on the word of the user who began it.

    Raises 400 `invalid_confirmation`, 404 once somebody else has the account, 409
    `account_held_by_another_user`, and `Unavailable`.
    """
    if not is_account(account_id):
        raise invalid_confirmation()
    pending_pk, account_pk = link_state.pending_key(confirmation), account_key(account_id)

    def decide(items: dict[str, Item]) -> list[Change]:
        pending = items.get(pending_pk)
        told, confirmed = link_state.read_pending(pending, user, account_id, context.now())
        if confirmed:
            return []
        changes = _connecting(items.get(account_pk) or {"pk": account_pk}, told)
        return [link_state.use_pending(confirmation, context.now()), *changes]

    settle(context.table, [pending_pk, account_pk], decide, invalid_confirmation())
    return own(context, user, account_id)


def give_up(context: Context, state: str, cookies: list[str]) -> None:
    """Use up the state of a cancelled installation, if it is this browser's. Never fails for a
    state that is not: the visitor is told the same.
    """
    if not state or not context.settings.install_binding:
        return
    with contextlib.suppress(Problem, TransactionRefused):
        pk = link_state.state_key(state)
        found = link_state.read_state(context.table.get(pk), cookies, context.now())
        if found.used_for is None:
            context.table.transact([link_state.use(found, "cancelled", context.now())])
