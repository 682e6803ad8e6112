"""The attestation of a registration: WebAuthn Level 3, sections 6.5.4, 8.2 and 8.7. Pure.

Payments ask for no attestation. What remains is none at all, or a statement that the credential has
signed itself, which a browser passes on although it was not asked for (section 5.1.3, step 22.2).
"""

from typing import Any, NamedTuple

from countersign.crypto.public_key import PublicKey, is_signed
from countersign.spc.protocol import cbor
from countersign.spc.protocol.cose import algorithm_of


class Attestation(NamedTuple):
    """An attestation object: who made the credential, as far as its authenticator says."""

    format: str
    statement: dict[Any, Any]
    authenticator_data: bytes


def parse_attestation(data: bytes) -> Attestation:
    """Read an attestation object; raises `ValueError` for any other form than the standard's."""
    members = cbor.loads(data)
    if not isinstance(members, dict) or set(members) != {"fmt", "attStmt", "authData"}:
        raise ValueError("not an attestation object")
    found = Attestation(members["fmt"], members["attStmt"], members["authData"])
    if not isinstance(found.format, str) or not isinstance(found.statement, dict):
        raise ValueError("not an attestation statement")
    if not isinstance(found.authenticator_data, bytes):
        raise ValueError("no authenticator data")
    return found


def check_attestation(attestation: Attestation, key: PublicKey, client_data_hash: bytes) -> None:
    """Verify a statement by the procedure of its format; raises `ValueError` for a wrong one, and
    for one that was not asked for.
    """
    if attestation.format == "packed":
        _check_self_attestation(attestation, key, client_data_hash)
    elif attestation.format != "none" or attestation.statement:  # section 8.7
        raise ValueError("an attestation that was not asked for")


def _check_self_attestation(attestation: Attestation, key: PublicKey, digest: bytes) -> None:
    """Section 8.2, where no certificate is given: the credential's own key has signed."""
    algorithm, signature = attestation.statement.get("alg"), attestation.statement.get("sig")
    if set(attestation.statement) != {"alg", "sig"} or not isinstance(signature, bytes):
        raise ValueError("not a self attestation")
    if type(algorithm) is not int or algorithm != algorithm_of(key):
        raise ValueError("not the algorithm of the credential")
    if not is_signed(key, attestation.authenticator_data + digest, signature):
        raise ValueError("not signed by the credential")
