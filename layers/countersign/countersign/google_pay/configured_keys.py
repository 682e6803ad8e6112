"""The keys that this deployment opens tokens with, from its settings."""

import re

from countersign.aws.secrets import secret
from countersign.formats.base64 import decode
from countersign.google_pay.keys import (
    SharedSecrets,
    TokenKeys,
    load_public_key,
    local_agreement,
    parse_root_keys,
)
from countersign.google_pay.refusals import Misconfigured
from countersign.settings import Settings
from countersign.stripe_api.keys import deployment_is_live

_RECIPIENT_ID = re.compile(r"(merchant|gateway):[A-Za-z0-9._-]+")
TEST_RECIPIENT_ID = "merchant:12345678901234567890"
"""The recipient of every token of Google's test environment."""
_TEST_ROOT = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEGnJ7Yo1sX9b4kr4Aa5uq58JRQfzD8bIJXw7WXaap"
    "/hVE+PnFxvjx4nVxt79SdRuUVeu++HZD0cGAv4IOznc96w=="
)
"""Google's root key of the test environment, where anybody can have tokens signed."""


def configured_keys(settings: Settings, now_ms: int) -> TokenKeys:
    """Return the keys that open tokens to this deployment at `now_ms` (Unix milliseconds).

    Raises 500 `google_pay_misconfigured` for a setting that is missing or wrong, or that is of
    Google's test environment while Stripe's key is a live one; and `Unavailable("secrets")`.
    """
    recipient_id, document = settings.google_pay_recipient_id, settings.google_pay_root_keys
    if not _RECIPIENT_ID.fullmatch(recipient_id):
        raise Misconfigured(
            "GOOGLE_PAY_RECIPIENT_ID is neither merchant: with a merchant id of Google's, nor"
            " gateway: with a gateway id. Set it to one of them."
        )
    try:
        roots = parse_root_keys(document)
    except ValueError as error:
        raise Misconfigured(
            "GOOGLE_PAY_ROOT_KEYS is not the document that Google publishes. Deploy that one."
        ) from error
    if not roots:
        raise Misconfigured(
            "GOOGLE_PAY_ROOT_KEYS has no ECv2 key with an expiry. Deploy the document that Google"
            " publishes."
        )
    if all(root.expires_ms <= now_ms for root in roots):
        raise Misconfigured("All keys of GOOGLE_PAY_ROOT_KEYS have expired. Deploy the new ones.")
    is_test = recipient_id == TEST_RECIPIENT_ID or any(
        load_public_key(root.public_key) == load_public_key(decode(_TEST_ROOT)) for root in roots
    )
    if is_test and deployment_is_live():
        raise Misconfigured(
            "This live deployment has settings of Google Pay's test environment. Deploy those of"
            " production."
        )
    return TokenKeys(recipient_id, roots, _agreement(settings))


def _agreement(settings: Settings) -> SharedSecrets:
    """Return the agreement with KMS where its keys are named, else with the keys of the secret."""
    if settings.google_pay_kms_keys:
        from countersign.google_pay.kms_agreement import kms_agreement

        return kms_agreement(settings.google_pay_kms_keys)
    private_keys = secret(settings.google_pay_secret).values("GOOGLE_PAY_PRIVATE_KEYS")
    try:
        return local_agreement(tuple(private_keys))
    except ValueError:
        reason = (
            "GOOGLE_PAY_PRIVATE_KEYS are not P-256 keys, PKCS#8 DER in base64. Store such keys."
        )
    # Outside the handler, whose error may hold a part of a key.
    raise Misconfigured(reason)
