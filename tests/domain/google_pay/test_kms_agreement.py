"""The key agreement where the private keys stay in AWS KMS."""

from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import ANY, Stubber
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from msgspec.structs import replace

from countersign.google_pay import kms_agreement as kms
from countersign.google_pay.keys import TokenKeys
from countersign.google_pay.kms_agreement import kms_agreement
from countersign.google_pay.open_token import open_token
from countersign.google_pay.refusals import Misconfigured
from countersign.problems import Unavailable
from local.google.keys import new_key
from tests.support.google_pay import NOW_MS, Recipient, refused
from tests.support.logs import Log

OURS = Recipient()
ARN = "arn:aws:kms:eu-west-1:111122223333:key/"
NEW, OLD, OLDEST = ARN + "new", ARN + "old", ARN + "oldest"


class Kms:
    """`DeriveSharedSecret` as KMS answers it, with these keys; for a key in `errors` its error."""

    def __init__(self, **private_keys: ec.EllipticCurvePrivateKey) -> None:
        self.private_keys = {ARN + name: key for name, key in private_keys.items()}
        self.asked: list[str] = []
        self.errors: dict[str, Exception] = {}

    def derive_shared_secret(
        self, *, KeyId: str, KeyAgreementAlgorithm: str, PublicKey: bytes
    ) -> Mapping[str, object]:
        self.asked.append(KeyId)
        if KeyId in self.errors:
            raise self.errors[KeyId]
        assert KeyAgreementAlgorithm == "ECDH"
        peer = load_der_public_key(PublicKey)
        assert isinstance(peer, ec.EllipticCurvePublicKey)
        secret = self.private_keys[KeyId].exchange(ec.ECDH(), peer)
        return {"KeyId": KeyId, "SharedSecret": secret, "KeyAgreementAlgorithm": "ECDH"}


def keys_of(client: Any, *key_ids: str) -> TokenKeys:
    return replace(OURS.keys, shared_secrets=kms_agreement(key_ids, client))


def test_a_token_opens_as_it_does_with_the_key_in_memory() -> None:
    client, token = Kms(new=OURS.private_key), OURS.seal()
    opened = open_token(token, keys_of(client, NEW), NOW_MS)
    assert opened.secret.reveal() == OURS.open(token).secret.reveal()
    assert replace(opened, secret=None) == replace(OURS.open(token), secret=None)  # type: ignore[arg-type]
    assert client.asked == [NEW]


def test_the_next_key_is_used_only_when_the_one_before_has_failed() -> None:
    client = Kms(new=new_key(), old=OURS.private_key, oldest=new_key())
    assert open_token(OURS.seal(), keys_of(client, NEW, OLD, OLDEST), NOW_MS)
    assert client.asked == [NEW, OLD]
    client.asked.clear()
    assert open_token(OURS.seal(), keys_of(client, OLD, NEW), NOW_MS)
    assert client.asked == [OLD]


def test_a_token_that_is_sealed_to_none_of_the_keys_is_refused_after_all_were_used() -> None:
    client = Kms(new=new_key(), old=new_key())
    found = refused(lambda: open_token(OURS.seal(), keys_of(client, NEW, OLD), NOW_MS))
    assert "is not sealed to any of our keys" in found.detail
    assert client.asked == [NEW, OLD]


def test_kms_is_not_called_for_what_google_has_not_signed() -> None:
    client = Kms(new=OURS.private_key)
    for forged in (OURS.seal(root=new_key()), OURS.seal(signer=new_key()), "{}"):
        refused(open_token, forged, keys_of(client, NEW), NOW_MS)
    assert client.asked == []


def error_of(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "m"}}, "DeriveSharedSecret")


@pytest.mark.parametrize(
    "error",
    [
        *map(error_of, ("KMSInternalException", "ThrottlingException")),
        EndpointConnectionError(endpoint_url="https://kms"),
        ReadTimeoutError(endpoint_url="https://kms"),
    ],
    ids=str,
)
def test_when_kms_does_not_answer_it_is_unavailable(error: Exception, log: Log) -> None:
    client = Kms(new=OURS.private_key)
    client.errors = {NEW: error}
    with pytest.raises(Unavailable) as unavailable:
        open_token(OURS.seal(), keys_of(client, NEW), NOW_MS)
    assert (unavailable.value.status, unavailable.value.code) == (503, "kms_unavailable")
    assert "Retry-After" in unavailable.value.headers
    assert "key agreement failed" in log.text()
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else None
    assert log.entries()[-1]["reason"] == (code or type(error).__name__)
    client.errors = {}
    assert open_token(OURS.seal(), keys_of(client, NEW), NOW_MS)


@pytest.mark.parametrize(
    "code",
    ["AccessDeniedException", "DisabledException", "NotFoundException", "InvalidKeyUsageException"],
)
def test_a_key_that_does_not_work_until_it_is_corrected_is_reported(code: str, log: Log) -> None:
    client = Kms(old=new_key())
    client.errors = {NEW: error_of(code)}
    with pytest.raises(Misconfigured) as wrong:
        open_token(OURS.seal(), keys_of(client, NEW, OLD), NOW_MS)
    assert (wrong.value.status, wrong.value.code) == (500, "google_pay_misconfigured")
    assert code in wrong.value.detail
    assert NEW not in wrong.value.detail
    assert (log.entries()[-1]["key"], log.entries()[-1]["reason"]) == (NEW, code)


@pytest.mark.parametrize("code", ["AccessDeniedException", "KMSInternalException"])
def test_a_key_that_fails_does_not_stop_the_others(code: str) -> None:
    client = Kms(old=OURS.private_key)
    client.errors = {NEW: error_of(code), OLDEST: error_of(code)}
    assert open_token(OURS.seal(), keys_of(client, NEW, OLD, OLDEST), NOW_MS)
    assert client.asked == [NEW, OLD]


def test_a_throttled_key_may_be_the_right_one_whatever_the_others_say() -> None:
    client = Kms()
    client.errors = {NEW: error_of("AccessDeniedException"), OLD: error_of("ThrottlingException")}
    with pytest.raises(Unavailable):
        open_token(OURS.seal(), keys_of(client, NEW, OLD), NOW_MS)


def test_where_kms_cannot_be_reached_it_is_not_called_for_every_key() -> None:
    client = Kms(old=OURS.private_key)
    client.errors = {NEW: ReadTimeoutError(endpoint_url="https://kms")}
    with pytest.raises(Unavailable):
        open_token(OURS.seal(), keys_of(client, NEW, OLD), NOW_MS)
    assert client.asked == [NEW]


def test_the_usual_client_is_one_of_botocores(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    kms._client.cache_clear()
    client = kms._client()
    assert client.meta.service_model.service_name == "kms"
    assert client is kms._client()
    wanted = client.meta.service_model.operation_model("DeriveSharedSecret").input_shape
    assert wanted is not None
    assert {"KeyId", "KeyAgreementAlgorithm", "PublicKey"} == set(wanted.required_members)
    kms._client.cache_clear()


def test_the_request_is_one_that_boto3_can_send_and_the_answer_one_that_it_can_read() -> None:
    """KMS's own client, with an answer of KMS's put into it."""
    client = boto3.client(
        "kms", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    token, points = OURS.seal(), []

    def noting(ephemeral: ec.EllipticCurvePublicKey) -> list[bytes]:
        points.append(ephemeral)
        return [OURS.private_key.exchange(ec.ECDH(), ephemeral)]

    open_token(token, replace(OURS.keys, shared_secrets=noting), NOW_MS)
    secret = OURS.private_key.exchange(ec.ECDH(), points[0])
    with Stubber(client) as stubber:
        asked = {"KeyId": NEW, "KeyAgreementAlgorithm": "ECDH", "PublicKey": ANY}
        stubber.add_response("derive_shared_secret", {"SharedSecret": secret}, asked)
        assert open_token(token, keys_of(client, NEW), NOW_MS).message_id == "AH2Ejt-one"
        stubber.add_client_error("derive_shared_secret", "DependencyTimeoutException")
        with pytest.raises(Unavailable, match="kms_unavailable"):
            open_token(token, keys_of(client, NEW), NOW_MS)
