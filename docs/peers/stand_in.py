"""Stripe's API as the contestants read it: objects by their paths, over HTTP on this machine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from docs.peers.events import ACCOUNT, BEGUN, CARD, REPORT, Kind, Subject, object_of

_PATHS = {"session": "/v1/identity/verification_sessions/", "intent": "/v1/payment_intents/"}


class StandIn:
    """What Stripe has, how often it was read, and a read that is answered late."""

    def __init__(self) -> None:
        own: dict[str, Any] = {
            "object": "account",
            "livemode": False,
            "metadata": {},
            "settings": {},
        }
        own |= {"country": "FR", "default_currency": "eur", "email": None, "type": "standard"}
        own |= {"charges_enabled": True, "payouts_enabled": True, "details_submitted": True}
        report: dict[str, Any] = {
            "id": REPORT,
            "object": "identity.verification_report",
            "type": "document",
        }
        report |= {"created": BEGUN, "livemode": False, "options": {}}
        self.objects: dict[str, dict[str, Any]] = {
            "/v1/account": own | {"id": "acct_1SQpeers"},
            f"/v1/accounts/{ACCOUNT}": own | {"id": ACCOUNT},
            f"/v1/payment_methods/{CARD['id']}": CARD,
            f"/v1/identity/verification_reports/{REPORT}": report,
        }
        self.reads = 0
        self.url = ""
        self.is_held, self.may_answer = threading.Event(), threading.Event()
        self._held_path = ""

    def become(self, subject: Subject, kind: Kind, subject_id: str) -> None:
        """Have an object as it is after an event."""
        self.objects[_PATHS[subject] + subject_id] = object_of(subject, kind, subject_id)

    def hold_next(self, subject: Subject, subject_id: str) -> None:
        """Answer the next read of an object with what it is then, once `may_answer` is set."""
        self.is_held.clear()
        self.may_answer.clear()
        self._held_path = _PATHS[subject] + subject_id

    def answer(self, path: str) -> tuple[int, bytes]:
        """Return the status and the body of a response."""
        self.reads += 1
        found = self.objects.get(path)
        missing = {"error": {"code": "resource_missing", "message": path}}
        response = (200 if found else 404), json.dumps(found or missing).encode()
        if path == self._held_path:
            self._held_path = ""
            self.is_held.set()
            self.may_answer.wait(60)
        return response


@contextmanager
def running_stand_in() -> Iterator[StandIn]:
    """A stand-in that is served until the end of the block."""
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # headers and body in one packet

        def do_GET(self) -> None:
            status, body = stand_in.answer(self.path.partition("?")[0])
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
