"""What is known of a payment when it is decided: all that a rule may use. Pure."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from countersign.google_pay.assurance import AuthMethod
from countersign.step_up.rules.authentication import is_authentication_expected

AssuranceLevel = Literal["full", "partial"]
EvidenceSource = Literal["signed", "wallet", "gateway", "claimed", "none"]
"""Where the facts about the card come from, the most trusted first; `wallet` and `gateway` are
Stripe.
"""


class Payment(Struct, frozen=True):
    """A payment to decide. `amount` is in Stripe's minor unit of `currency` (lower case), countries
    are ISO 3166-1 alpha-2 in upper case, network, funding and wallet are spelled as Stripe spells
    them. `None` means not known, and for `wallet` and `eci` also that there is none.

    `evidence` is the source of the facts about the card: `signed` by Google, a device token of a
    `wallet` that Stripe has read, another card read back from the `gateway` (Stripe), `claimed` by
    the browser. `assurance` is `full` when Google says that it has verified the account and
    authenticated the cardholder, `partial` when an assurance object says less. `acquirer_country`
    is that of the merchant's account. `is_tokenized` marks a device or e-commerce token, which has
    its own number and cannot do 3-D Secure. `saved` is for payments without the payer: whether
    they rest on a saving of this card that Stripe shows us.
    """

    amount: int
    currency: str
    evidence: EvidenceSource = "none"
    acquirer_country: str | None = None
    issuer_country: str | None = None
    network: str | None = None
    funding: str | None = None
    wallet: str | None = None
    auth_method: AuthMethod | None = None
    assurance: AssuranceLevel | None = None
    eci: str | None = None
    is_tokenized: bool = False
    first_seen: bool = True
    off_session: bool = False
    saved: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_device_token(self) -> bool:
        """Whether the card has a number of its own, which cannot do 3-D Secure."""
        return self.is_tokenized or self.auth_method == "CRYPTOGRAM_3DS"

    @property
    def is_proved(self) -> bool:
        """Whether Google has signed that this card's holder was authenticated."""
        return (
            self.evidence == "signed"
            and self.auth_method == "CRYPTOGRAM_3DS"
            and self.assurance == "full"
        )

    @property
    def is_device_token_read(self) -> bool:
        """Whether Stripe has read a device token, for which its issuer answers, and no assurance
        object says less.
        """
        return self.evidence == "wallet" and self.assurance != "partial"

    @property
    def authentication_expected(self) -> bool:
        """Whether authentication is expected between the countries of this payment."""
        return is_authentication_expected(self.issuer_country, self.acquirer_country)
