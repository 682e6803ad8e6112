"""`/v1/apps/installs` (docs.stripe.com/api/apps/installs), called by the app's developer with a
test key: of installations in test mode alone.
"""

from collections.abc import Iterator
from typing import Any

from local.stand_in import accounts, expansions, installs, lists
from local.stand_in.backend import Backend
from local.stand_in.calls import Call
from local.stand_in.errors import StripeError, no_such

URL = "/v1/apps/installs"

_FILTERS = ("account", "app", "approval_required", "channel", "created_by", "status")


def list_all(backend: Backend, call: Call) -> dict[str, Any]:
    """Newest first. Asked for our app, the developer sees every account's installations; any other
    list is of the caller's own account, and ours has none.
    """
    expansions.check(call.expand, expansions.NONE, restricted=call.restricted)
    _check_account_filter(backend, call)
    equal = {name: call.params[name] for name in _FILTERS if name in call.params}
    found = [
        install
        for install in _visible(backend, call)
        if lists.within(install["created"], call.params.get("created"))
        and all(install[name] == value for name, value in equal.items())
    ]
    if call.account is None and call.params.get("app") != backend.config.app_id:
        found = []
    return lists.page(found, call.params, url=URL, noun="app install")


def retrieve(backend: Backend, call: Call) -> dict[str, Any]:
    expansions.check(call.expand, expansions.NONE, restricted=call.restricted)
    return _load(backend, call)


def uninstall(backend: Backend, call: Call) -> dict[str, Any]:
    """Answer with the status `uninstalling`; from then on there is no such installation."""
    expansions.check(call.expand, expansions.NONE, restricted=call.restricted)
    return installs.remove(backend, _load(backend, call), call.cause)


def _load(backend: Backend, call: Call) -> dict[str, Any]:
    """Return the installation in the path. Raises StripeError 404 for one that is gone or not
    visible.
    """
    wanted = call.ids["install"]
    for install in _visible(backend, call):
        if install["id"] == wanted:
            return install
    raise no_such("app install", wanted[:60], "id")


def _visible(backend: Backend, call: Call) -> Iterator[dict[str, Any]]:
    for install in installs.newest_first(backend):
        if not install["livemode"] and call.account in (None, install["account"]):
            yield install


def _check_account_filter(backend: Backend, call: Call) -> None:
    """Raise StripeError 400 where only the caller's own account may be named."""
    named = call.params.get("account", "")
    is_own = named == (call.account or accounts.OWN.id)
    is_developers_list = not call.account and call.params.get("app") == backend.config.app_id
    if named and not is_own and not is_developers_list:
        raise StripeError(
            "`account` can name another account only in the list of your own app: give `app`, and"
            " leave out Stripe-Account.",
            param="account",
        )
