"""The key agreement with private keys that stay in AWS KMS:
https://docs.aws.amazon.com/kms/latest/APIReference/API_DeriveSharedSecret.html.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from countersign.aws.network import NETWORK
from countersign.aws.telemetry import logger
from countersign.google_pay.refusals import Misconfigured
from countersign.google_pay.token_keys import SharedSecrets
from countersign.problems import Problem, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient


_FOR_GOOD = {
    "AccessDeniedException",
    "DisabledException",
    "InvalidKeyUsageException",
    "KMSInvalidStateException",
    "NotFoundException",
}
"""What KMS says of a key that will not do until somebody has put it right."""


def kms_agreement(key_ids: Sequence[str], client: "KMSClient | None" = None) -> SharedSecrets:
    """The key agreement with keys of KMS (`ECC_NIST_P256`, for `KEY_AGREEMENT`), the newest first.

    A key that KMS refuses, as a new one that we may not use yet, does not stop the others. Only
    when none of those is the right one, what it gives raises `Misconfigured` or
    `Unavailable("kms")`; the latter at once where KMS can not be reached.
    """

    def shared_secrets(ephemeral: ec.EllipticCurvePublicKey) -> Iterable[bytes]:
        public = ephemeral.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        refused: list[Problem] = []
        for key_id in key_ids:
            try:
                yield _derive(client or _client(), key_id, public)
            except ClientError as error:
                refused.append(_refusal(key_id, error.response["Error"]["Code"]))
            except BotoCoreError as error:
                logger.error("key agreement failed", extra={"reason": type(error).__name__})
                raise Unavailable("kms") from error
        if refused:
            # What may pass by itself may also be what keeps the right key from us.
            raise next((one for one in refused if isinstance(one, Unavailable)), refused[0])

    return shared_secrets


def _derive(client: "KMSClient", key_id: str, public: bytes) -> bytes:
    answer = client.derive_shared_secret(
        KeyId=key_id, KeyAgreementAlgorithm="ECDH", PublicKey=public
    )
    return answer["SharedSecret"]


def _refusal(key_id: str, code: str) -> Problem:
    logger.error("key agreement failed", extra={"key": key_id, "reason": code})
    if code in _FOR_GOOD:
        return Misconfigured(f"A key of GOOGLE_PAY_KMS_KEYS can not be used: {code}.")
    return Unavailable("kms")


@cache
def _client() -> "KMSClient":
    return boto3.client("kms", config=NETWORK)
