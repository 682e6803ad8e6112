"""Connect an account: from Stripe's callback to a stored installation, or to a plain refusal.

The checks run from the cheapest to the most expensive: shape, state (made here, stored, unused, not
expired, of this browser), signature, mode, and whether another user holds the account. A callback
that passes them all is stored in one transaction together with the use of its state. A callback
that fails changes nothing.
"""

from msgspec import Struct

from countersign.aws.changes import Change
from countersign.installs.callback import Callback
from countersign.installs.claim_changes import claim_changes
from countersign.installs.context import Context
from countersign.installs.install_signature import is_install_signed
from countersign.installs.installation import Installation, NewInstallation
from countersign.installs.link_state import LinkState, check_state, state_key
from countersign.installs.one_time import use_up_change
from countersign.installs.pending_installation import confirmation_of, pending_change
from countersign.installs.refusals import invalid_signature, wrong_mode
from countersign.installs.store import change_account_once
from countersign.stripe_api.keys import app_secrets, deployment_is_live
from countersign.stripe_api.signature import signed_at


class Connected(Struct, frozen=True):
    """Where the browser goes next: `return_to` (empty for our own page) with the account. The
    confirmation of a pending installation goes into the fragment.
    """

    account_id: str
    return_to: str
    confirmation: str | None


def connect_account(context: Context, callback: Callback, cookies: list[str]) -> Connected:
    """Store the installation of a callback. While INSTALL_BINDING is off, leave it pending.

    Raises 400 `invalid_state`, `invalid_install_signature` and `wrong_mode`, 409
    `account_held_by_another_user` and `not_installed`, and `Unavailable`.
    """
    bound = cookies if context.settings.install_binding else None
    seen: list[LinkState] = []

    def decide(found: LinkState | None, account: Installation) -> list[Change]:
        state = check_state(found, bound, context.now())
        seen.append(state)
        if state.is_repeated_by(callback.use):
            return []
        new = _verify(callback, state.user, context.now())
        changes = claim_changes(context.table, account, new)
        if bound is None:
            changes = [pending_change(confirmation_of(callback.state), new, context.now())]
        return [use_up_change(state.pk, callback.use, context.now()), *changes]

    pk = state_key(callback.state)
    change_account_once(context.table, callback.account_id, pk, LinkState.from_item, decide)
    return Connected(
        account_id=callback.account_id,
        return_to=seen[-1].return_to,
        confirmation=confirmation_of(callback.state) if bound is None else None,
    )


def _verify(callback: Callback, user: str, now: int) -> NewInstallation:
    """Return the installation of a genuine callback of this deployment's mode. Raises 400
    `invalid_install_signature` and `wrong_mode`.

    A missing `livemode=false` proves nothing, since it is not signed: in live mode Stripe must
    confirm the installation before it is used (see `access.ensure_confirmed`).
    """
    if not app_secrets().passes(
        lambda known: is_install_signed(
            callback.signature, callback.state, callback.user_id, callback.account_id, known, now
        )
    ):
        raise invalid_signature()
    if callback.livemode != deployment_is_live():
        raise wrong_mode(live=deployment_is_live())
    at = signed_at(callback.signature)
    assert at is not None  # noqa: S101 (a genuine signature has its time)
    return NewInstallation(user, callback.account_id, callback.user_id, at)
