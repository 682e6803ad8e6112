"""Key agreement with private keys that stay in AWS KMS:
https://docs.aws.amazon.com/kms/latest/APIReference/API_DeriveSharedSecret.html.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from countersign.aws.network import create_client
from countersign.aws.telemetry import logger
from countersign.google_pay.keys import SharedSecrets
from countersign.google_pay.refusals import Misconfigured
from countersign.problems import Problem, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient


_PERMANENT = {
    "AccessDeniedException",
    "DisabledException",
    "InvalidKeyUsageException",
    "KMSInvalidStateException",
    "NotFoundException",
}
"""KMS's errors for a key that does not work until somebody has corrected it."""


def kms_agreement(key_ids: Sequence[str], client: "KMSClient | None" = None) -> SharedSecrets:
    """Return the key agreement with keys of KMS (`ECC_NIST_P256`, for `KEY_AGREEMENT`), the newest
    first.

    A key that KMS refuses, as a new one that we may not use yet, does not stop the others. Only
    when none of the others is the right one does the agreement raise `Misconfigured` or
    `Unavailable("kms")`; it raises the latter at once where KMS cannot be reached.
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
            # A failure that may pass by itself may hide the right key.
            raise next((one for one in refused if isinstance(one, Unavailable)), refused[0])

    return shared_secrets


def _derive(client: "KMSClient", key_id: str, public: bytes) -> bytes:
    response = client.derive_shared_secret(
        KeyId=key_id, KeyAgreementAlgorithm="ECDH", PublicKey=public
    )
    return response["SharedSecret"]


def _refusal(key_id: str, code: str) -> Problem:
    logger.error("key agreement failed", extra={"key": key_id, "reason": code})
    if code in _PERMANENT:
        return Misconfigured(
            f"A key of GOOGLE_PAY_KMS_KEYS cannot be used: {code}. Correct the key or its policy."
        )
    return Unavailable("kms")


@cache
def _client() -> "KMSClient":
    made: KMSClient = create_client("kms")
    return made
