"""What must never be stored or logged (docs/decisions.md#never-stored-or-logged)."""

import json
from typing import Any

from tests.support.bundle import BACK, CREATE, SESSIONS, SITE, Bundle
from tests.support.gateway import HttpAnswer
from tests.support.logs import Log
from tests.support.webhooks import ACCOUNT_SECRET, CONNECT_SECRET, signature, webhook

EMAIL, PHONE = "canary.person@example.com", "+14155550199"
TOKEN = "eyJhbGciOiJub25lIn0.canary.token"
KEY = "idempotency-canary"
EACH = "/v1/identity/verification_sessions/*"


class Visit:
    """Calls of a user whose answers are searched for what may be told to that user alone."""

    def __init__(self, bundle: Bundle, user: str) -> None:
        self.bundle, self.user = bundle, user
        self.minted: set[str] = set()

    def post(self, path: str, body: Any = None, **headers: str) -> HttpAnswer:
        sent = {"authorization": f"Bearer {TOKEN}", "origin": SITE, "cookie": "canary=cookie"}
        answer = self.bundle.user(self.user).post(path, body, headers=sent | headers)
        if answer.status == 200 and path == CREATE:
            self.minted |= {value for name, value in answer.json.items() if name != "id"}
        return answer

    def canaries(self) -> set[str]:
        """What must be found nowhere, and is known to have been sent or received."""
        assert len(self.minted) >= 4
        secrets = {ACCOUNT_SECRET, CONNECT_SECRET, "sk_test_local"}
        return self.minted | secrets | {EMAIL, PHONE, TOKEN, KEY, "canary=cookie", "Jenny", "Rosen"}


def test_no_secret_or_personal_data_is_logged_or_stored(
    bundle: Bundle, user: str, log: Log
) -> None:
    visit = Visit(bundle, user)
    details = {"email": EMAIL, "phone": PHONE, "return_url": BACK}
    _succeed(visit, details)
    signatures = _webhooks(visit, details)
    _fail(visit, details)
    operated = _operate(visit)
    written, kept = log.text(), bundle.everything_stored()
    assert "webhook" in written
    assert "refused" in written
    for canary in visit.canaries() | signatures | operated:
        assert canary not in written, f"logged: {canary}"
        assert canary not in kept, f"stored: {canary}"
    for line in log.entries():
        assert "client_secret" not in json.dumps(line)


def test_no_error_tells_a_secret_or_personal_data(bundle: Bundle, user: str) -> None:
    visit = Visit(bundle, user)
    for body in ({"email": [EMAIL]}, {"phone": PHONE + "x"}, {EMAIL: 1}, {"return_url": EMAIL}):
        text = visit.post(CREATE, body).text
        assert EMAIL not in text.replace(f"/{EMAIL}", "")
        assert PHONE not in text
    bundle.stripe.fault(path=EACH, status=400, times=1)
    assert EMAIL not in visit.post(CREATE, {"email": EMAIL}).text


def _succeed(visit: Visit, details: dict[str, str]) -> None:
    for flow in ("modal", "redirect"):
        for _ in range(2):
            key = {"idempotency-key": f"{KEY}-{flow}"}
            assert visit.post(CREATE, {"flow": flow} | details, **key).status == 200
    visit.bundle.user(visit.user).get(f"{SESSIONS}/current")


def _webhooks(visit: Visit, details: dict[str, str]) -> set[str]:
    """Events applied, repeated, refused and malformed; returns the signatures."""
    bundle, session_id = visit.bundle, visit.bundle.open(visit.user)
    bundle.stripe.outcome(session_id, "document_expired")
    bundle.hear(session_id)
    signatures = set()
    for event in bundle.events_of(session_id):
        event["data"]["object"] |= {"provided_details": details, "client_secret": "canary-secret"}
        payload = json.dumps(event).encode()
        for header in (signature(payload), signature(payload, "whsec_wrong"), "t=1,v1=canary"):
            signatures.add(header.rpartition("v1=")[2])
            bundle.receive(webhook(payload, header=header))
    bundle.receive(webhook(b'{"canary-secret": 1}'))
    return signatures | {"canary-secret"}


def _fail(visit: Visit, details: dict[str, str]) -> None:
    """Every kind of refusal, and both dependencies down."""
    for body in ({"flow": "popup"} | details, {EMAIL: 1}, f'{{"email": "{EMAIL}"', [EMAIL]):
        assert visit.post(CREATE, body).status >= 400
    assert visit.post(CREATE, {"return_url": f"https://{EMAIL}/"}).status == 422
    for status in (400, 404, 429, 500, 503):
        visit.bundle.stripe.fault(path=EACH, status=status, times=2)
        visit.post(CREATE, details)
        visit.bundle.stripe.fault(path=EACH, times=0)


def _operate(visit: Visit) -> set[str]:
    """The list, the outputs and a redaction; returns what the outputs say of the person."""
    bundle, session_id = visit.bundle, visit.bundle.open(visit.user)
    bundle.stripe.outcome(session_id, "verified")
    bundle.hear(session_id)
    assert bundle.operator().get(SESSIONS).status == 200
    outputs = bundle.operator().get(f"{SESSIONS}/{session_id}/outputs").json
    assert visit.post(f"{SESSIONS}/{session_id}/redact").status == 202
    return {str(value) for value in outputs.values() if isinstance(value, str) and len(value) > 6}
