"""`python -m tests.papers.payer`: what a person does in the browser between two commands of a guide.

`register ADDRESS TOKEN` makes a passkey, registers it and keeps it in the present folder;
`confirm ADDRESS ORIGIN FILE` has it confirm the payment that the file asks about, on that origin.
"""

import json
import sys
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives import serialization as forms

from tests.support.authenticator import Passkey, SigningKey, b64, unb64
from tests.support.chromium import Browser, write

KEPT = Path("passkey.json")


def register(address: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"http://{address}", headers=headers, trust_env=False) as http:
        begun = _told(http.post("/spc-register-request", json={}))
        options = begun["publicKey"]
        passkey = Passkey(options["rp"]["id"], unb64(options["user"]["id"]))
        client_data = write(Browser(f"http://{address}").registration(options))
        members = {"ceremony_id": begun["ceremony_id"], "credential": passkey.register(client_data)}
        _told(http.post("/spc-register-response", json=members))
    _keep(passkey)


def confirm(address: str, origin: str, file: str) -> None:
    asked = json.loads(Path(file).read_text())
    client_data = write(Browser(origin).payment(asked["request"], asked["total"]))
    members = {"ceremony_id": asked["ceremony_id"], "credential": _kept().answer(client_data)}
    _told(httpx.post(f"http://{address}/spc-auth-response", json=members, trust_env=False))


def _told(response: httpx.Response) -> Any:
    assert response.is_success, response.text
    return response.json()


def _keep(passkey: Passkey) -> None:
    pem = passkey.key.private.private_bytes(
        forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()
    ).decode()
    shown = [passkey.rp_id, b64(passkey.user_handle), b64(passkey.id), passkey.sign_count, pem]
    KEPT.write_text(json.dumps(shown))


def _kept() -> Passkey:
    rp_id, handle, found, count, pem = json.loads(KEPT.read_text())
    key: Any = forms.load_pem_private_key(pem.encode(), None)
    return Passkey(rp_id, unb64(handle), SigningKey(key), unb64(found), sign_count=count)


if __name__ == "__main__":
    {"register": register, "confirm": confirm}[sys.argv[1]](*sys.argv[2:])
