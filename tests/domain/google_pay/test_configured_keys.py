"""The keys of a deployment, from its settings; a setting that is wrong is named."""

import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from msgspec.structs import replace

from countersign.google_pay.configured_keys import TEST_RECIPIENT_ID, configured_keys
from countersign.google_pay.keys import TokenKeys
from countersign.google_pay.open_token import open_token
from countersign.google_pay.refusals import Misconfigured
from countersign.problems import Unavailable
from countersign.settings import Settings
from local.google import TEST_ROOT, root_key, root_keys_document
from local.google.encryption import google_json
from local.google.keys import new_key, read_public_key, write_private_key
from tests.support.google_pay import NOW_MS, RECIPIENT, Recipient, b64, unb64
from tests.support.logs import Log
from tests.support.processes import forget_everything
from tests.support.quick_secrets import QuickSecrets, put_secret
from tests.support.stripe_objects import DEPLOYMENT

OURS = Recipient()
OUR_KEY = write_private_key(OURS.private_key)
OUR_ROOT = root_key(OURS.sealer.root.public_key())
TEST_RECIPIENT = "merchant:12345678901234567890"

Deploy = Callable[..., Settings]


@pytest.fixture
def deploy(secrets_manager: QuickSecrets, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deploy]:
    """The settings of a deployment, whose secrets are in Secrets Manager: a cold start."""

    def with_settings(
        private_keys: str = OUR_KEY, key: str = "sk_test_1", **settings: Any
    ) -> Settings:
        monkeypatch.setenv("DEPLOYMENT", DEPLOYMENT)
        monkeypatch.setenv("STRIPE_MODE", key.split("_")[1])
        monkeypatch.setenv("STRIPE_SECRET", put_secret("google-stripe", STRIPE_SECRET_KEY=key))
        forget_everything()
        given: dict[str, Any] = {
            "google_pay_recipient_id": RECIPIENT,
            "google_pay_root_keys": OURS.sealer.root_keys,
            "google_pay_secret": put_secret("google-pay", GOOGLE_PAY_PRIVATE_KEYS=private_keys),
        }
        return replace(Settings(DEPLOYMENT), **(given | settings))

    yield with_settings
    forget_everything()


def keys(settings: Settings, now_ms: int = NOW_MS) -> TokenKeys:
    """What tokens are opened with, at the time of those that are sealed here."""
    return configured_keys(settings, now_ms)


def wrong(settings: Settings) -> str:
    """The first sentence about a setting that is wrong."""
    with pytest.raises(Misconfigured) as found:
        keys(settings)
    assert (found.value.status, found.value.code) == (500, "google_pay_misconfigured")
    return found.value.detail.partition(". ")[0]


def test_with_good_settings_a_token_opens(deploy: Deploy) -> None:
    found = keys(deploy())
    assert found.recipient_id == RECIPIENT
    assert open_token(OURS.seal(), found, NOW_MS).message_id == "AH2Ejt-one"
    assert open_token(OURS.seal(), keys(deploy(key="sk_live_1")), NOW_MS)


def test_while_keys_are_rolled_there_are_several(deploy: Deploy) -> None:
    several = f"{write_private_key(new_key())}, {OUR_KEY} ,{write_private_key(new_key())}"
    assert open_token(OURS.seal(), keys(deploy(several)), NOW_MS)


@pytest.mark.parametrize("recipient", ["", "BCR2DN4T263KB4BO", "merchant:", "Merchant:1", "merchant: 1", "acquirer:1", "merchant:1\n"])  # fmt: skip
def test_a_recipient_that_is_neither_a_merchant_nor_a_gateway_is_refused(
    deploy: Deploy, recipient: str
) -> None:
    told = wrong(deploy(google_pay_recipient_id=recipient))
    assert told.startswith("GOOGLE_PAY_RECIPIENT_ID is neither merchant:")


def test_root_keys_that_have_all_expired_are_refused(deploy: Deploy) -> None:
    past, over = root_key(new_key().public_key()), root_key(new_key().public_key())
    past["keyExpiration"], over["keyExpiration"] = str(NOW_MS - 1), str(NOW_MS)
    settings = deploy(google_pay_root_keys=root_keys_document(past, over))
    assert keys(settings, NOW_MS - 1)
    assert wrong(settings) == "All keys of GOOGLE_PAY_ROOT_KEYS have expired"
    assert keys(deploy(google_pay_root_keys=root_keys_document(past, over, OUR_ROOT)))


def test_a_gateway_may_be_the_recipient(deploy: Deploy) -> None:
    assert keys(deploy(google_pay_recipient_id="gateway:ariane")).recipient_id == "gateway:ariane"


def of_an_unknown_curve(text: str) -> str:
    """A key with another number at the end of the object identifier of P-256."""
    p256 = bytes.fromhex("06082a8648ce3d030107")
    assert p256 in unb64(text)
    return b64(unb64(text).replace(p256, p256[:-1] + b"\x7f"))


def other_root(**entry: Any) -> str:
    return root_keys_document({**OUR_ROOT, **entry})


NOT_GOOGLES = "GOOGLE_PAY_ROOT_KEYS is not the document that Google publishes"
WITHOUT_EXPIRY = "GOOGLE_PAY_ROOT_KEYS has no ECv2 key with an expiry"


@pytest.mark.parametrize(
    "document",
    ["", "x", "[]", "{}", '{"keys": 1}', '{"keys": ["x"]}', '{"keys": [{}]}', '{"keys": {"keyValue": "x"}}',
     json.dumps([OUR_ROOT]), "[" * 5000, other_root(keyValue=["x"]),
     other_root(keyValue=""), other_root(keyValue="x"), other_root(keyValue=b64(b"x")),
     other_root(keyValue=OUR_KEY), other_root(keyExpiration=""), other_root(keyExpiration=1),
     other_root(keyExpiration="2038-04-14"), other_root(keyValue=OUR_ROOT["keyValue"] + "\n"),
     other_root(keyValue=of_an_unknown_curve(OUR_ROOT["keyValue"])),
     OURS.sealer.root_keys.replace('"keyValue"', '"keyValue":"x","keyValue"')],
    ids=count(),
)  # fmt: skip
def test_root_keys_that_cannot_be_read_are_refused(deploy: Deploy, document: str) -> None:
    assert wrong(deploy(google_pay_root_keys=document)) == NOT_GOOGLES


def test_root_keys_without_a_usable_key_are_refused(deploy: Deploy) -> None:
    public = OURS.sealer.root.public_key()
    useless = [
        root_key(public, expiration_ms=None),
        root_key(public, protocol_version="ECv1"),
        {"keyValue": "?", "protocolVersion": "ECv3", "keyExpiration": "never"},
    ]
    for entries in ([], useless):
        document = root_keys_document(*entries)
        assert wrong(deploy(google_pay_root_keys=document)) == WITHOUT_EXPIRY
    assert keys(deploy(google_pay_root_keys=root_keys_document(*useless, OUR_ROOT)))


def pkcs8(key: Any, password: bytes | None = None) -> str:
    how = BestAvailableEncryption(password) if password else NoEncryption()
    return b64(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, how))


NO_KEYS: dict[str, Callable[[], str]] = {
    "no base64": lambda: "x",
    "no key": lambda: b64(b"x"),
    "PEM": lambda: "-----BEGIN PRIVATE KEY-----",
    "public": lambda: OUR_ROOT["keyValue"],
    "with a password": lambda: pkcs8(OURS.private_key, b"password"),
    "P-384": lambda: pkcs8(ec.generate_private_key(ec.SECP384R1())),
    "secp256k1": lambda: pkcs8(ec.generate_private_key(ec.SECP256K1())),
    "X25519": lambda: pkcs8(x25519.X25519PrivateKey.generate()),
    "Ed25519": lambda: pkcs8(ed25519.Ed25519PrivateKey.generate()),
    "RSA": lambda: pkcs8(rsa.generate_private_key(65537, 1024)),  # noqa: S505  quick to make
    "of an unknown curve": lambda: of_an_unknown_curve(OUR_KEY),
    "cut off": lambda: b64(unb64(OUR_KEY)[:-1]),
    "the second": lambda: f"{OUR_KEY},x",
    "no padding": lambda: OUR_KEY.rstrip("=")[:-1],
}


@pytest.mark.parametrize("kind", NO_KEYS)
def test_private_keys_that_are_not_p256_keys_are_refused_and_not_shown(
    deploy: Deploy, kind: str, log: Log
) -> None:
    with pytest.raises(Misconfigured) as found:
        keys(deploy(NO_KEYS[kind]()))
    assert found.value.detail.startswith("GOOGLE_PAY_PRIVATE_KEYS are not P-256 keys")
    assert found.value.__cause__ is None
    assert found.value.__context__ is None
    assert OUR_KEY[40:] not in log.text() + str(found.value.as_dict())


def test_without_private_keys_the_secret_is_unavailable(deploy: Deploy) -> None:
    with pytest.raises(Unavailable) as unavailable:
        keys(deploy(""))
    assert unavailable.value.code == "secrets_unavailable"


def test_with_keys_of_kms_no_private_key_is_asked_for(deploy: Deploy) -> None:
    arns = ("arn:aws:kms:eu-west-1:111122223333:key/1",)
    found = keys(deploy("", google_pay_kms_keys=arns, google_pay_secret="none"))
    assert callable(found.shared_secrets)


IN_LIVE_MODE = "This live deployment has settings of Google Pay's test environment"


def spelled(document: str) -> list[str]:
    """The same document, as different writers spell it."""
    members = json.loads(document)
    upper = google_json(members).replace("\\u003d", "\\u003D")
    escaped = document.replace("M", "\\u004d")
    return [document, google_json(members), upper, escaped, json.dumps(members, indent=2)]


@pytest.mark.parametrize("key", ["sk_live_1", "rk_live_1"])
def test_a_live_deployment_refuses_the_recipient_and_the_root_key_of_googles_tests(
    deploy: Deploy, key: str
) -> None:
    assert TEST_RECIPIENT_ID == TEST_RECIPIENT
    assert wrong(deploy(key=key, google_pay_recipient_id=TEST_RECIPIENT)) == IN_LIVE_MODE
    for document in (root_keys_document(TEST_ROOT), root_keys_document(OUR_ROOT, TEST_ROOT)):
        for spelling in spelled(document):
            assert wrong(deploy(key=key, google_pay_root_keys=spelling)) == IN_LIVE_MODE
    later = root_keys_document({**TEST_ROOT, "keyExpiration": "999999999999999"}, OUR_ROOT)
    assert wrong(deploy(key=key, google_pay_root_keys=later)) == IN_LIVE_MODE


def test_a_live_deployment_refuses_that_root_key_with_its_point_compressed(deploy: Deploy) -> None:
    numbers = read_public_key(TEST_ROOT["keyValue"]).public_numbers()
    point = bytes([2 + numbers.y % 2]) + numbers.x.to_bytes(32, "big")
    prefix = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200")
    document = root_keys_document({**TEST_ROOT, "keyValue": b64(prefix + point)})
    settings = deploy(key="sk_live_1", google_pay_root_keys=document)
    assert wrong(settings) in (IN_LIVE_MODE, NOT_GOOGLES)


def test_a_test_deployment_takes_both(deploy: Deploy) -> None:
    document = root_keys_document(TEST_ROOT)
    settings = deploy(google_pay_recipient_id=TEST_RECIPIENT, google_pay_root_keys=document)
    assert keys(settings).recipient_id == TEST_RECIPIENT


def test_a_live_deployment_may_have_that_root_key_for_versions_that_are_not_opened(
    deploy: Deploy,
) -> None:
    other = {**TEST_ROOT, "protocolVersion": "ECv2SigningOnly"}
    assert keys(deploy(key="sk_live_1", google_pay_root_keys=root_keys_document(other, OUR_ROOT)))
