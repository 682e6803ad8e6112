"""The accounts there are: our own, and merchants' on which the app can be installed."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from local.stand_in.backend import Backend
from local.stand_in.errors import no_such
from local.stand_in.ids import token

_KIND = "account"


@dataclass(frozen=True)
class Account:
    """A Stripe account, and the Stripe user who is signed in to it (`usr_...`)."""

    id: str
    user: str
    name: str
    country: str = "US"
    currency: str = "usd"
    created: int = 1_767_225_600


OWN = Account("acct_1LocalPlatform01", "usr_LocalPlatform01", "Countersign on this machine")
"""The account that the test keys belong to, and the app's developer."""

_EURO = (
    "AT", "BE", "BG", "CY", "DE", "EE", "ES", "FI", "FR", "GR", "HR", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PT", "SI", "SK",
)  # fmt: skip
CURRENCIES = dict.fromkeys(_EURO, "eur") | {
    "AE": "aed", "AU": "aud", "BR": "brl", "CA": "cad", "CH": "chf", "CZ": "czk", "DK": "dkk",
    "GB": "gbp", "GI": "gip", "HK": "hkd", "HU": "huf", "IN": "inr", "JP": "jpy", "LI": "chf",
    "MX": "mxn", "MY": "myr", "NO": "nok", "NZ": "nzd", "PL": "pln", "RO": "ron", "SE": "sek",
    "SG": "sgd", "TH": "thb", "US": "usd",
}  # fmt: skip
"""The countries that accounts can be in, with their currencies (stripe.com/global)."""

_SEEDS = (
    Account("acct_1LocalBakery0001", "usr_LocalBakery0001", "Morning Crumb Bakery"),
    Account("acct_1LocalBookshop01", "usr_LocalBookshop01", "Librairie Quarto", "FR", "eur"),
    Account("acct_1LocalBicycle001", "usr_LocalBicycle001", "青い自転車店", "JP", "jpy"),
)


def merchants(backend: Backend) -> Iterator[Account]:
    """Return every account but our own: the seeds first, then those added, oldest first."""
    yield from _SEEDS
    for _, document in backend.store.oldest_first(_KIND):
        yield Account(**document)


def merchant(backend: Backend, identifier: str) -> Account:
    """Raise StripeError 404 when there is no such merchant."""
    for account in merchants(backend):
        if account.id == identifier:
            return account
    raise no_such("account", identifier[:40], "account")


def add(
    backend: Backend, name: str, country: str = OWN.country, currency: str | None = None
) -> Account:
    """Return a new merchant, for whoever needs one that nobody else uses. Without a currency, it
    has that of its country.
    """
    account = Account(
        f"acct_1{token(15)}",
        f"usr_{token(16)}",
        name,
        country,
        currency or CURRENCIES[country],
        created=int(backend.now()),
    )
    backend.store.put(_KIND, account.id, asdict(account))
    return account
