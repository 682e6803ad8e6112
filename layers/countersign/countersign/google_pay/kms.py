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

from countersign.google_pay.keys import SharedSecrets
from countersign.network import NETWORK
from countersign.problems import Unavailable
from countersign.telemetry import logger

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient


def kms_agreement(key_ids: Sequence[str], client: "KMSClient | None" = None) -> SharedSecrets:
    """The key agreement with keys of KMS (`ECC_NIST_P256`, for `KEY_AGREEMENT`), the newest first.
    What it gives raises `Unavailable("kms")`.
    """

    def shared_secrets(ephemeral: ec.EllipticCurvePublicKey) -> Iterable[bytes]:
        public = ephemeral.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        for key_id in key_ids:
            yield _derive(client or _client(), key_id, public)

    return shared_secrets


def _derive(client: "KMSClient", key_id: str, public: bytes) -> bytes:
    try:
        answer = client.derive_shared_secret(
            KeyId=key_id, KeyAgreementAlgorithm="ECDH", PublicKey=public
        )
    except (ClientError, BotoCoreError) as error:
        logger.error("key agreement failed", extra={"reason": _reason(error)})
        raise Unavailable("kms") from error
    return answer["SharedSecret"]


def _reason(error: ClientError | BotoCoreError) -> str:
    """Whether it is the key, the permission or the network."""
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"]
    return type(error).__name__


@cache
def _client() -> "KMSClient":
    return boto3.client("kms", config=NETWORK)
