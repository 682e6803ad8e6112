"""`/v1/account` and `/v1/accounts/{id}` (docs.stripe.com/api/accounts): our own account, and those
on which our app is installed.
"""

from typing import Any

from local.stand_in import access, accounts, expansions
from local.stand_in.accounts import Account
from local.stand_in.backend import Backend
from local.stand_in.calls import Call

OWN_URL = "/v1/account"
URL = "/v1/accounts"


def retrieve_current(backend: Backend, call: Call) -> dict[str, Any]:
    """Return the account that the call is on behalf of, else our own."""
    access.check_permitted(backend, call.account, "connected_account_read")
    return _show(backend, call, call.account or accounts.OWN.id)


def retrieve(backend: Backend, call: Call) -> dict[str, Any]:
    """Return the account in the path. Raises StripeError 403 for one that the caller is not let
    into.
    """
    wanted = call.ids["account"]
    if call.account and wanted != call.account:
        raise access.no_access(wanted)
    if wanted != accounts.OWN.id:
        access.check_connected(backend, wanted)
    return _show(backend, call, wanted)


def _show(backend: Backend, call: Call, identifier: str) -> dict[str, Any]:
    expansions.check(call.expand, expansions.NONE, restricted=call.restricted)
    if identifier == accounts.OWN.id:
        return _object(accounts.OWN)
    return _object(accounts.merchant(backend, identifier))


def _object(account: Account) -> dict[str, Any]:
    """Return a standard account that has given all its details and takes payments."""
    return {
        "id": account.id,
        "object": "account",
        "business_profile": _business_profile(account),
        "business_type": "company",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "controller": {"type": "account"},
        "country": account.country,
        "created": account.created,
        "default_currency": account.currency,
        "details_submitted": True,
        "email": f"{account.id.removeprefix('acct_').lower()}@merchant.example",
        "metadata": {},
        "payouts_enabled": True,
        "settings": _settings(account),
        "type": "standard",
    }


def _business_profile(account: Account) -> dict[str, Any]:
    return {
        "annual_revenue": None,
        "estimated_worker_count": None,
        "mcc": None,
        "minority_owned_business_designation": None,
        "name": account.name,
        "product_description": None,
        "support_address": None,
        "support_email": None,
        "support_phone": None,
        "support_url": None,
        "url": None,
    }


def _settings(account: Account) -> dict[str, Any]:
    colors = {"icon": None, "logo": None, "primary_color": None, "secondary_color": None}
    descriptor = {
        "statement_descriptor": None,
        "statement_descriptor_kana": None,
        "statement_descriptor_kanji": None,
    }
    return {
        "branding": colors,
        "card_payments": {
            "statement_descriptor_prefix": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "dashboard": {"display_name": account.name, "timezone": "Etc/UTC"},
        "payments": descriptor,
    }
