"""Tokens that Google and Tink have sealed, if they are beside the repository."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from countersign.google_pay.keys import TokenKeys, local_agreement, parse_root_keys
from countersign.google_pay.open_token import open_token
from countersign.google_pay.payload import OpenedToken

FOLDER = Path(__file__).parents[3] / "shared" / "vectors" / "google-pay"
ABSENT = "the recorded tokens are not here"


@dataclass(frozen=True)
class Recorded:
    """A token with all that it takes to open it; `root_keys` is the document as it is published,
    `private_key` PKCS#8 DER in base64.
    """

    token: str
    recipient_id: str
    root_keys: str
    private_key: str

    @property
    def keys(self) -> TokenKeys:
        """The keys of its recipient."""
        return self.keys_with(self.private_key)

    def keys_with(self, *private_keys: str) -> TokenKeys:
        """The same with these private keys."""
        return TokenKeys(
            self.recipient_id, parse_root_keys(self.root_keys), local_agreement(private_keys)
        )

    def open(self, now_ms: int) -> OpenedToken:
        """The token, opened at a time."""
        return open_token(self.token, self.keys, now_ms)


def of_google() -> tuple[Recorded, dict[str, Any]]:
    """A token of Google's test environment, and what is in it."""
    found = _file("moov_google_test_env_ecv2.json")
    recorded = Recorded(
        token=_compact(found["token"]),
        recipient_id=found["recipientId"],
        root_keys=json.dumps(found["rootKeys"]),
        private_key=found["privateKey_candidate"],
    )
    return recorded, found["expected"]


def of_tink(name: str) -> Recorded:
    """A token that Tink has sealed, by its name in the file."""
    found = _file("yoyowallet_ecv2.json")["vectors"]
    return Recorded(
        token=_compact(found[name]),
        recipient_id=found["recipient_id"],
        root_keys=json.dumps({"keys": found["root_signing_keys"]}),
        private_key=found["private_key"],
    )


def in_tinks() -> dict[str, Any]:
    """What is in Tink's good token."""
    found: dict[str, Any] = _file("yoyowallet_ecv2.json")["vectors"]["decrypted_google_pay_token"]
    return found


@cache
def _file(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / name).read_text("utf-8"))
    return found


def _compact(token: Any) -> str:
    return json.dumps(token, separators=(",", ":"))
