"""What Stripe's object of an account says that matters here. Pure.

https://docs.stripe.com/api/accounts/object.
"""

import re
from collections.abc import Iterator
from typing import Any

from countersign.formats.shown_text import shown
from countersign.installs.payee import LONGEST_NAME


def country_in(account: dict[str, Any]) -> str | None:
    """Return the account's country, as two capital letters (ISO 3166-1 alpha-2); `None` when there
    is none to be read.
    """
    country = account.get("country")
    is_code = isinstance(country, str) and re.fullmatch("[A-Z]{2}", country) is not None
    return country if is_code else None


def names_in(account: dict[str, Any]) -> frozenset[str]:
    """Return the names that Stripe has of the account, in the form in which a payee's is stored:
    that of the business profile, the Dashboard's, and the statement descriptors.
    """
    return frozenset(_shown_names(account))


def _shown_names(account: dict[str, Any]) -> Iterator[str]:
    for name in _names(account):
        try:
            yield shown(name, longest=LONGEST_NAME)
        except ValueError:  # it could not be set either
            continue


def _names(account: dict[str, Any]) -> Iterator[str]:
    settings = account.get("settings") or {}
    payments = settings.get("payments") or {}
    found = [
        (account.get("business_profile") or {}).get("name"),
        (settings.get("dashboard") or {}).get("display_name"),
        payments.get("statement_descriptor"),
        payments.get("statement_descriptor_kana"),
        payments.get("statement_descriptor_kanji"),
    ]
    return (name for name in found if isinstance(name, str))
