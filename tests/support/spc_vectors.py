"""Recorded responses of Chromium, where they lie beside the repository."""

import json
from pathlib import Path
from typing import Any

from countersign.spc.protocol.credential import Credential
from countersign.spc.protocol.terms import RegistrationTerms, Terms
from tests.support.authenticator import BE, unb64
from tests.support.spc_payments import terms

FOLDER = Path(__file__).parents[3] / "shared" / "vectors" / "spc"
ABSENT = "the recorded responses are not here"

Vector = dict[str, Any]


def recorded(ceremony: str) -> list[Vector]:
    """The responses of this ceremony (`authentication`, `registration`, `login`), by name, without
    those in which the browser gave none.
    """
    found = [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))]
    return [one for one in found if one["ceremony"] == ceremony and one["result"]["ok"]]


def name_of(vector: Vector) -> str:
    return str(vector["name"])


def total_of(vector: Vector) -> dict[str, str]:
    amount: dict[str, str] = vector["payment_details"]["total"]["amount"]
    return amount


def json_of(vector: Vector) -> dict[str, Any]:
    """What `toJSON()` gave, or its members where only these were recorded."""
    result = vector["result"]
    if "json" in result:
        return dict(result["json"])
    return dict(result["details"]) | {"clientExtensionResults": {}}


def credential_of(vector: Vector) -> Credential:
    """The credential as it was before this response: never used."""
    told = vector["credential"]
    data = unb64(json_of(vector)["response"]["authenticatorData"])
    return Credential(
        id=told["id"],
        user_handle=told["userHandle"],
        public_key=unb64(told["publicKeySpki"]),
        algorithm=told["alg"],
        sign_count=0,
        backup_eligible=bool(data[32] & BE),
    )


def terms_of(vector: Vector) -> Terms:
    """What the request of this response asked for, and from which page."""
    total = total_of(vector) | {"currency": total_of(vector)["currency"].upper()}
    origin, top = vector["caller_origin"], vector["top_origin"]
    return terms(vector["options"], total, origin=origin, top_origin=top)


def registration_terms_of(vector: Vector) -> RegistrationTerms:
    """What this registration was asked for, and from which page."""
    challenge, origin = vector["options"]["challenge"], vector["caller_origin"]
    return RegistrationTerms((challenge,), vector["rp_id"], origin, {vector["top_origin"]})


def bound_signature_of(vector: Vector) -> str | None:
    """The browser bound signature as a page sends it."""
    results = vector["result"]["details"]["clientExtensionResults"]
    signature: str | None = (
        results.get("payment", {}).get("browserBoundSignature", {}).get("signature")
    )
    return signature
