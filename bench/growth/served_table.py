"""DynamoDB in memory for another process, over HTTP as DynamoDB itself has it: one connection for
many requests, and each response in one packet. Where each request opens a connection of its own, or
a response comes in two packets, the network takes longer than both sides work.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer

from tests.support.late_dynamodb import LateDynamoDB
from tests.support.quick_dynamodb import QuickDynamoDB

_WAIT = 0.02
"""Seconds between two looks at whether the server is to end."""


@contextmanager
def served_tables(*names: str) -> Iterator[tuple[QuickDynamoDB, str]]:
    """Yield empty tables, and the address at which they are served meanwhile."""
    late = LateDynamoDB(*names)

    class Connection(_Connection):
        tables = late

    with ThreadingTCPServer(("127.0.0.1", 0), Connection) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=[_WAIT])
        thread.start()
        try:
            yield late.quick, "http://{}:{}".format(*server.server_address)
        finally:
            server.shutdown()
            thread.join()


class _Connection(StreamRequestHandler):
    """Answers one request after the other, as long as the client has any."""

    tables: LateDynamoDB
    disable_nagle_algorithm = True

    def handle(self) -> None:
        while self.rfile.readline():
            head = self._head()
            operation = head[b"x-amz-target"].decode().rpartition(".")[2]
            body = json.loads(self.rfile.read(int(head[b"content-length"])))
            status, found = self.tables.answer(operation, body)
            text = json.dumps(found, default=_base64).encode()
            self.wfile.write(
                b"HTTP/1.1 %d -\r\nContent-Length: %d\r\n\r\n" % (status, len(text)) + text
            )

    def _head(self) -> dict[bytes, bytes]:
        """Return the header fields of a request, their names in lower case."""
        found = {}
        while line := self.rfile.readline().strip():
            name, _, value = line.partition(b":")
            found[name.lower()] = value.strip()
        return found


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
