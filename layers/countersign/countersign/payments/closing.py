"""An installation that its holder is ending: nothing is begun in it that could be left open.

It is marked before its open payments are looked for. A request stores what it is about to do at
Stripe, and looks for the mark only then. So either it sees the mark, or the payment is found with
what it is about to do (docs/decisions.md#an-installation-ends-with-its-payments).
"""

from countersign.installs import store
from countersign.installs.installation import Installation
from countersign.installs.refusals import not_installed
from countersign.payments.context import Contexts


def begin_closing(contexts: Contexts, installation: Installation) -> None:
    """Mark an installation that is about to end."""
    installs = contexts.decisions.installs
    store.learn(installs.table, installation, {"closing_at": installs.now()})


def stop_closing(contexts: Contexts, installation: Installation) -> None:
    """Take the mark away from an installation that goes on."""
    store.learn(contexts.decisions.installs.table, installation, {"closing_at": None})


def require_open(contexts: Contexts, installation: Installation) -> None:
    """Raise 409 `not_installed` where an installation, as it was read, is about to end."""
    if installation.is_closing(contexts.decisions.installs.now()):
        raise not_installed()


def is_closing_now(contexts: Contexts, installation: Installation) -> bool:
    """Whether an installation is about to end by now, or has ended since it was read."""
    installs = contexts.decisions.installs
    stored = store.load(installs.table, installation.account_id)
    return stored.id != installation.id or not stored.stands or stored.is_closing(installs.now())
