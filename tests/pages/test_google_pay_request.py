"""`googlePayRequest` of client.js, in Node.js: what a page asks Google Pay for. Not in the quick
loop, as it needs Node.js.
"""

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.google.keys import encoded, new_key, point_of
from local.node import find_node

pytestmark = pytest.mark.server

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "web" / "client"
KEY = encoded(point_of(new_key().public_key()))
STRIPE = {
    "gateway": "stripe",
    "stripe:version": "2026-09-30.endive",
    "stripe:publishableKey": "pk_test_1",
}
GOOD: dict[str, Any] = {
    "merchantName": "Librairie Quarto",
    "countryCode": "FR",
    "currencyCode": "EUR",
    "totalPrice": "19.99",
    "publicKey": KEY,
}
SCRIPT = """
import { readFileSync } from "node:fs";
const { googlePayRequest } = await import(process.argv[1]);
const answers = JSON.parse(readFileSync(0, "utf8")).map((options) => {
  try {
    return googlePayRequest(options);
  } catch (error) {
    return { [error.name]: error.message };
  }
});
console.log(JSON.stringify(answers));
"""


def asked(folder: Path, *options: Any) -> list[Any]:
    """What the function gives for each of these, or the error it throws by its name."""
    program = find_node()
    assert program, "Node.js is not here: `make test` installs it, or says how to"
    module = folder / "google-pay.mjs"
    shutil.copy(CLIENT / "google-pay.js", module)
    command = [program, "--input-type=module", "-e", SCRIPT, module.as_uri()]
    ended = subprocess.run(
        command, input=json.dumps(options), capture_output=True, text=True, check=True
    )
    answers: list[Any] = json.loads(ended.stdout)
    return answers


def test_the_request_asks_for_the_assurance_and_for_tokens_to_our_key(tmp_path: Path) -> None:
    [request] = asked(tmp_path, GOOD)
    assert request == {
        "apiVersion": 2,
        "apiVersionMinor": 0,
        "merchantInfo": {"merchantName": "Librairie Quarto"},
        "allowedPaymentMethods": [
            {
                "type": "CARD",
                "parameters": {
                    "allowedAuthMethods": ["PAN_ONLY", "CRYPTOGRAM_3DS"],
                    "allowedCardNetworks": [
                        *("AMEX", "DISCOVER", "INTERAC", "JCB", "MASTERCARD", "VISA")
                    ],
                    "assuranceDetailsRequired": True,
                },
                "tokenizationSpecification": {
                    "type": "DIRECT",
                    "parameters": {"protocolVersion": "ECv2", "publicKey": KEY},
                },
            }
        ],
        "transactionInfo": {
            "countryCode": "FR",
            "currencyCode": "EUR",
            "totalPrice": "19.99",
            "totalPriceStatus": "FINAL",
        },
    }


def test_a_page_can_ask_for_less_but_never_go_without_the_assurance(tmp_path: Path) -> None:
    narrow = {
        **{"merchantId": "BCR2DN4T", "allowedAuthMethods": ["PAN_ONLY"]},
        **{"allowedCardNetworks": ["VISA"], "assuranceDetailsRequired": False},
    }
    [request] = asked(tmp_path, {**GOOD, **narrow})
    assert request["merchantInfo"]["merchantId"] == "BCR2DN4T"
    assert request["allowedPaymentMethods"][0]["parameters"] == {
        "allowedAuthMethods": ["PAN_ONLY"],
        "allowedCardNetworks": ["VISA"],
        "assuranceDetailsRequired": True,
    }


def test_tokens_can_be_for_the_gateway_instead(tmp_path: Path) -> None:
    options = {name: value for name, value in GOOD.items() if name != "publicKey"}
    [request] = asked(tmp_path, {**options, "gateway": STRIPE})
    specification = request["allowedPaymentMethods"][0]["tokenizationSpecification"]
    assert specification == {"type": "PAYMENT_GATEWAY", "parameters": STRIPE}


WRONG: list[tuple[str, Any]] = [
    ("merchantName", ""),
    ("merchantName", " "),
    ("merchantId", ""),
    ("countryCode", "fr"),
    ("countryCode", "FRA"),
    ("currencyCode", "eur"),
    ("totalPrice", 19.99),
    ("totalPrice", "19.9"),
    ("totalPrice", "19,99"),
    ("totalPrice", "-1.00"),
    ("allowedAuthMethods", []),
    ("allowedAuthMethods", ["3DS"]),
    ("allowedCardNetworks", []),
    ("allowedCardNetworks", "VISA"),
    ("allowedCardNetworks", ["visa"]),
    ("publicKey", KEY[:-1]),
    ("publicKey", base64.b64encode(bytes(65)).decode()),
    ("gateway", {"publicKey": KEY}),
]


def test_what_is_missing_or_wrong_is_named(tmp_path: Path) -> None:
    keyless = {name: value for name, value in GOOD.items() if name != "publicKey"}

    def with_one_wrong(name: str, value: Any) -> dict[str, Any]:
        return (keyless if name == "gateway" else GOOD) | {name: value}

    answers = asked(tmp_path, *(with_one_wrong(*wrong) for wrong in WRONG))
    for (name, _), answer in zip(WRONG, answers, strict=True):
        assert answer["TypeError"].startswith(f"googlePayRequest: {name} must be "), answer


def test_one_recipient_is_named_and_one_alone(tmp_path: Path) -> None:
    none = {name: value for name, value in GOOD.items() if name != "publicKey"}
    for answer in asked(tmp_path, none, {**GOOD, "gateway": STRIPE}):
        assert answer["TypeError"].startswith("googlePayRequest: give one of publicKey")
    for answer in asked(tmp_path, None, "options"):
        assert answer["TypeError"].startswith("googlePayRequest: options must be an object")


def test_every_member_can_be_left_out_only_where_the_types_say_so(tmp_path: Path) -> None:
    needed = [name for name in GOOD if name != "publicKey"]
    answers = asked(tmp_path, *({k: v for k, v in GOOD.items() if k != name} for name in needed))
    for name, answer in zip(needed, answers, strict=True):
        assert answer["TypeError"].startswith(f"googlePayRequest: {name} must be ")
    types = (ROOT / "functions" / "pages" / "client" / "google-pay.d.ts").read_text("utf-8")
    assert all(f"  {name}: string;" in types for name in needed)
