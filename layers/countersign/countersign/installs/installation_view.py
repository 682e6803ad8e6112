"""An installation as its holder sees it. Pure."""

from typing import Any

from countersign.installs.installation import Installation


def view(installation: Installation, *, livemode: bool, now: int) -> dict[str, Any]:
    """Return an installation as its holder sees it. Times are Unix seconds by Stripe's clock."""
    stands = installation.stands
    return {
        "account_id": installation.account_id,
        "installed_by": installation.installed_by,
        "livemode": livemode,
        "livemode_confirmed": installation.is_confirmed,
        "status": "installed" if stands else "uninstalled",
        "payee_name": installation.payee_name,
        "payee_origin": installation.payee_origin,
        "payee_verified": installation.is_payee_proven(now),
        "checkout_origins": list(installation.checkout_origins),
        "clients": list(installation.clients) if stands else [],
        "reachable": installation.reachable,
        "permissions_missing": list(installation.permissions_missing) if stands else [],
        "installed_at": installation.installed_at,
        "uninstalled_at": None if stands else installation.uninstalled_at,
    }
