"""The keys that the deployment is set up with, or why there are none to go by."""

import re

from countersign.aws.secrets import secret
from countersign.formats.base64 import decode
from countersign.google_pay.refusals import Misconfigured
from countersign.google_pay.token_keys import (
    Keys,
    SharedSecrets,
    local_agreement,
    public_key,
    root_keys,
)
from countersign.settings import Settings
from countersign.stripe_api.keys import deployment_is_live

_RECIPIENT_ID = re.compile(r"(merchant|gateway):[A-Za-z0-9._-]+")
TEST_RECIPIENT_ID = "merchant:12345678901234567890"
"""The recipient of every token of Google's test environment."""
_TEST_ROOT = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEGnJ7Yo1sX9b4kr4Aa5uq58JRQfzD8bIJXw7WXaap"
    "/hVE+PnFxvjx4nVxt79SdRuUVeu++HZD0cGAv4IOznc96w=="
)
"""Google's root key of the test environment, which signs for anybody."""


def keys(settings: Settings, now_ms: int) -> Keys:
    """What tokens to this deployment are opened with at a moment in Unix milliseconds.

    Raises 500 `google_pay_misconfigured` for a setting that is missing or wrong, or that is of
    Google's test environment while Stripe's key is a live one; and `Unavailable("secrets")`.
    """
    recipient_id, document = settings.google_pay_recipient_id, settings.google_pay_root_keys
    if not _RECIPIENT_ID.fullmatch(recipient_id):
        raise Misconfigured(
            "Tokens can not be opened: GOOGLE_PAY_RECIPIENT_ID is to be merchant: and Google's"
            " merchant id, or gateway: and the gateway's."
        )
    try:
        roots = root_keys(document)
    except ValueError as error:
        raise Misconfigured("GOOGLE_PAY_ROOT_KEYS is not the document Google publishes.") from error
    if not roots:
        raise Misconfigured("GOOGLE_PAY_ROOT_KEYS has no key of ECv2 that states its expiry.")
    if all(root.expires_ms <= now_ms for root in roots):
        raise Misconfigured("All keys of GOOGLE_PAY_ROOT_KEYS have expired: deploy the new ones.")
    is_test = recipient_id == TEST_RECIPIENT_ID or any(
        public_key(root.public_key) == public_key(decode(_TEST_ROOT)) for root in roots
    )
    if is_test and deployment_is_live():
        raise Misconfigured("A live deployment has the settings of Google Pay's test environment.")
    return Keys(recipient_id, roots, _agreement(settings))


def _agreement(settings: Settings) -> SharedSecrets:
    """With KMS where its keys are named, else with the private keys of the deployment's secret."""
    if settings.google_pay_kms_keys:
        from countersign.google_pay.kms_agreement import kms_agreement

        return kms_agreement(settings.google_pay_kms_keys)
    private_keys = secret(settings.google_pay_secret).values("GOOGLE_PAY_PRIVATE_KEYS")
    try:
        return local_agreement(tuple(private_keys))
    except ValueError:
        reason = "GOOGLE_PAY_PRIVATE_KEYS are not P-256 keys, PKCS#8 DER in base64."
    raise Misconfigured(reason)
