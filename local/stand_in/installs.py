"""Installations of our app (docs.stripe.com/api/apps/installs): one for an account and mode."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.stand_in import events
from local.stand_in.accounts import Account
from local.stand_in.backend import Backend
from local.stand_in.events import AUTOMATIC, Cause, Source
from local.stand_in.ids import new_id

APP_NAME = "Countersign"
_MANIFEST = Path(__file__).parents[2] / "examples" / "stripe-app.json"
PERMISSIONS: dict[str, str] = {
    entry["permission"]: entry["purpose"]
    for entry in json.loads(_MANIFEST.read_text())["permissions"]
}
"""What the app may do, and what for, by the name of the permission: just what its manifest asks for
(docs.stripe.com/stripe-apps/reference/permissions).
"""

_KIND = "install"


def newest_first(backend: Backend) -> Iterator[dict[str, Any]]:
    """Return every `apps.install` object of our app, in either mode."""
    for _, install in backend.store.newest_first(_KIND):
        if install["app"] == backend.config.app_id:
            yield install


def find(backend: Backend, account: str, *, livemode: bool) -> dict[str, Any] | None:
    for install in newest_first(backend):
        if install["account"] == account and install["livemode"] is livemode:
            return install
    return None


def add(backend: Backend, account: Account, *, livemode: bool) -> dict[str, Any]:
    """Return the installation, a new one with its event. In one that is there already the merchant
    agrees to what the app has yet to be allowed; nothing else is authorized again.
    """
    install = find(backend, account.id, livemode=livemode)
    if install is not None:
        return agree(backend, install)
    install = _new_object(backend, account, livemode=livemode)
    backend.store.put(_KIND, install["id"], install)
    _emit(backend, "authorized", install, AUTOMATIC)
    return install


def agree(backend: Backend, install: dict[str, Any]) -> dict[str, Any]:
    """Return the installation once its merchant has agreed to every permission of the app."""
    return _allowed(backend, install, [*PERMISSIONS])


def withdraw(backend: Backend, install: dict[str, Any], permission: str | None) -> dict[str, Any]:
    """Return the installation without a permission, or without any: as for a merchant who has yet
    to agree to what a new version of the app asks for.
    """
    granted = install["permissions_granted"]
    return _allowed(backend, install, [name for name in granted if permission not in (None, name)])


def _allowed(backend: Backend, install: dict[str, Any], granted: list[str]) -> dict[str, Any]:
    pending = [name for name in PERMISSIONS if name not in granted]
    allowed = install | {
        "approval_required": bool(pending),
        "permissions_granted": granted,
        "permissions_pending": pending,
    }
    backend.store.put(_KIND, allowed["id"], allowed)
    return allowed


def granted(backend: Backend, account: str) -> frozenset[str]:
    """Return what the app may do on an account in test mode."""
    install = find(backend, account, livemode=False)
    return frozenset(install["permissions_granted"] if install else ())


def remove(backend: Backend, install: dict[str, Any], cause: Cause = AUTOMATIC) -> dict[str, Any]:
    """Uninstall, with the event that says so, and return the last state of the object."""
    backend.store.delete(_KIND, install["id"])
    _emit(backend, "deauthorized", install, cause)
    return {**install, "status": "uninstalling"}


def _emit(backend: Backend, name: str, install: dict[str, Any], cause: Cause) -> None:
    # The subject is the application; the account is the event's own.
    application = {
        "id": backend.config.application_id,
        "object": "application",
        "name": APP_NAME,
    }
    source = Source(install["account"], install["livemode"])
    events.emit_connected(backend, f"account.application.{name}", application, cause, source)


def _new_object(backend: Backend, account: Account, *, livemode: bool) -> dict[str, Any]:
    return {
        "id": new_id("appinst"),
        "object": "apps.install",
        "account": account.id,
        "app": backend.config.app_id,
        "approval_required": False,
        "auth_code": None,
        # The link of an external test installs in test mode, that of the published app live.
        "channel": "public" if livemode else "testing",
        "content_security_policy_granted": {"connect_src": [], "image_src": []},
        "content_security_policy_pending": {"connect_src": [], "image_src": []},
        "created": int(backend.now()),
        "created_by": None,
        "endpoints_granted": [],
        "endpoints_pending": [],
        "livemode": livemode,
        "permissions_granted": list(PERMISSIONS),
        "permissions_pending": [],
        "status": "installed",
    }
