"""What is known of a payment when it is decided: all that a rule may use. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from countersign.google_pay.assurance import AuthMethod

AssuranceLevel = Literal["full", "partial"]
EvidenceSource = Literal["signed", "gateway", "claimed", "none"]
"""Where the facts about the card come from, the most trusted first; `gateway` is Stripe."""


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment to decide. `amount` is in Stripe's minor unit of `currency` (lower case), countries
    are ISO 3166-1 alpha-2 in upper case, network, funding and wallet are spelled as Stripe spells
    them. `None` means not known, and for `wallet` and `eci` also that there is none.

    `evidence` is the source of the facts about the card: `signed` by Google, read back from the
    `gateway` (Stripe), `claimed` by the browser. `assurance` is `full` when Google says that it has
    verified the account and authenticated the cardholder, `partial` when it says less.
    `is_tokenized` marks a device or e-commerce token, which has its own number and cannot do 3-D
    Secure.
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
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_device_token(self) -> bool:
        """Whether the card has a number of its own, which cannot do 3-D Secure."""
        return self.is_tokenized or self.auth_method == "CRYPTOGRAM_3DS"

    @property
    def is_proved(self) -> bool:
        """Whether Google has signed that this card's holder was authenticated: the only statement
        of Google's that can spare the payer a step-up.
        """
        return (
            self.evidence == "signed"
            and self.auth_method == "CRYPTOGRAM_3DS"
            and self.assurance == "full"
        )
