"""Google Pay in this run: the keys that are set, else those of this machine."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from local.errors import LocalError
from local.google.keys import new_key, read_private_key, write_private_key, write_public_key
from local.google.roots import TEST_ROOT, root_key, root_keys_document
from local.google.sealer import Sealer
from local.google_settings import GoogleSettings
from local.private_file import write_privately


@dataclass(frozen=True)
class MachineKeys:
    """The key that tokens are sealed to, and the root that stands beside Google's."""

    merchant: ec.EllipticCurvePrivateKey
    root: ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class GooglePay:
    """What tokens are sealed and opened with in one run: `private_keys` are the bundle's (PKCS#8
    DER in base64, the newest first), `root_keys` is the document it trusts.
    """

    recipient_id: str
    private_keys: tuple[str, ...]
    root_keys: str
    sealer: Sealer

    @property
    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The key that a page asks Google to seal to: that of the newest private key."""
        return read_private_key(self.private_keys[0]).public_key()

    @property
    def own_root(self) -> dict[str, str]:
        """The entry of the stand-in's root in a document of root keys."""
        return root_key(self.sealer.root.public_key())

    @property
    def is_trusted(self) -> bool:
        """Whether the bundle takes what the stand-in signs."""
        value = write_public_key(self.sealer.root.public_key())
        entries = json.loads(self.root_keys)["keys"]
        return any(
            (e.get("keyValue"), e.get("protocolVersion")) == (value, "ECv2") for e in entries
        )

    @property
    def values(self) -> Mapping[str, str]:
        """The template's parameters; on one machine no key is in AWS KMS."""
        return {
            "GooglePayRecipientId": self.recipient_id,
            "GooglePayPrivateKeys": ",".join(self.private_keys),
            "GooglePayRootKeys": self.root_keys,
            "GooglePayKmsKeys": "",
        }


def google_pay(settings: GoogleSettings, keys: MachineKeys) -> GooglePay:
    own_roots = root_keys_document(TEST_ROOT, root_key(keys.root.public_key()))
    return GooglePay(
        settings.recipient_id,
        settings.private_keys or (write_private_key(keys.merchant),),
        settings.root_keys or own_roots,
        Sealer(keys.root),
    )


def load_keys(file: Path) -> MachineKeys:
    """Return the keys in a file, made at first use and readable by this user alone.

    Raises LocalError when the file holds something else.
    """
    if not file.exists():
        made = {name: write_private_key(new_key()) for name in ("merchant", "root")}
        write_privately(file, json.dumps(made, indent=2).encode())
    try:
        kept = json.loads(file.read_bytes())
        return MachineKeys(read_private_key(kept["merchant"]), read_private_key(kept["root"]))
    except (ValueError, KeyError, TypeError):
        message = f"{file} does not hold two keys; remove it, and the next run makes new ones"
    raise LocalError(message)
