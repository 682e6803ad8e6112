"""Cancel a link: the merchant did not install the app, so its state cannot be used any more."""

import contextlib

from countersign.aws.changes import TransactionRefused
from countersign.installs.context import Context
from countersign.installs.link_state import check_state, load_state
from countersign.installs.one_time import use_up_change
from countersign.problems import Problem


def cancel_link(context: Context, state: str, cookies: list[str]) -> None:
    """Use up the state of a canceled installation, if it is this browser's. It never fails for any
    other state, nor without storage: the visitor sees the same page.
    """
    if not state or not context.settings.install_binding:
        return
    with contextlib.suppress(Problem, TransactionRefused):
        found = check_state(load_state(context.table, state), cookies, context.now())
        if found.used_for is None:  # the spelling below is the stored one
            context.table.transact([use_up_change(found.pk, "cancelled", context.now())])
