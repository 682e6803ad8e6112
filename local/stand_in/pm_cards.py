"""The PaymentMethods that every account has in test mode
(docs.stripe.com/testing?testing-method=payment-methods).
"""

from collections.abc import Iterator

from local.stand_in.cards import Brand, Card

_BRANDS: dict[str, tuple[Brand, str]] = {
    "visa": ("visa", "4242"),
    "mastercard": ("mastercard", "4444"),
    "amex": ("amex", "8431"),
    "discover": ("discover", "9424"),
    "diners": ("diners", "0004"),
    "jcb": ("jcb", "0505"),
    "unionpay": ("unionpay", "0005"),
}
_BY_COUNTRY = {
    "us": "4242", "br": "0002", "ca": "0000", "mx": "8001",
    "at": "0008", "be": "0004", "ch": "0009", "de": "0016", "dk": "0001", "es": "0007",
    "fi": "0001", "fr": "0003", "gb": "0000", "ie": "0005", "it": "0008", "nl": "0002",
    "no": "0007", "pl": "0005", "pt": "0007", "se": "0008",
    "au": "0006", "hk": "0004", "in": "0008", "jp": "0003", "nz": "0008", "sg": "0003",
}  # fmt: skip

_BY_LAST4 = {
    "chargeCustomerFail": "0341",
    "chargeDeclined": "0002",
    "chargeDeclinedExpiredCard": "0069",
    "chargeDeclinedIncorrectCvc": "0127",
    "chargeDeclinedInsufficientFunds": "9995",
    "chargeDeclinedLostCard": "9987",
    "chargeDeclinedProcessingError": "0119",
    "chargeDeclinedStolenCard": "9979",
    "chargeDeclinedVelocityLimitExceeded": "6975",
    "createDispute": "0259",
    "createDisputeInquiry": "1976",
    "createDisputeProductNotReceived": "2685",
    "createIssuerFraudRecord": "5423",
    "pendingRefund": "7726",
    "refundFail": "5126",
    "riskLevelElevated": "9235",
    "riskLevelHighest": "4954",
    "threeDSecure2Required": "3220",
    "threeDSecureOptional": "3055",
    "threeDSecureOptionalProcessingError": "3097",
    "threeDSecureRequiredChargeDeclined": "1629",
    "threeDSecureRequiredProcessingError": "1280",
}
"""Of Visa and the United States, by what they are for."""
_ABROAD = {
    "authenticationRequired": ("3184", "DE"),
    "authenticationRequiredChargeDeclinedInsufficientFunds": ("3178", "GB"),
    "authenticationRequiredOnSetup": ("3155", "FR"),
    "authenticationRequiredSetupForOffSession": ("0446", "IT"),
}


def _cards() -> Iterator[tuple[str, Card]]:
    for name, (brand, last4) in _BRANDS.items():
        yield name, Card(brand=brand, last4=last4)
    yield "visa_debit", Card(last4="5556", funding="debit")
    yield "mastercard_debit", Card(brand="mastercard", last4="8210", funding="debit")
    yield "mastercard_prepaid", Card(brand="mastercard", last4="5100", funding="prepaid")
    for country, last4 in _BY_COUNTRY.items():
        yield country, Card(last4=last4, country=country.upper())
    for name, last4 in _BY_LAST4.items():
        yield name, Card(last4=last4)
    for name, (last4, country) in _ABROAD.items():
        yield name, Card(last4=last4, country=country)
    yield "amex_threeDSecureNotSupported", Card(brand="amex", last4="0005")


TEST_CARDS = {f"pm_card_{name}": card for name, card in _cards()}
"""The card behind each `pm_card_...` that the stand-in has."""
