"""DynamoDB over HTTP, whose answers to some writes come later than a client waits for them: the
writes are made, and the SDK repeats them.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tests.support.quick_dynamodb import QuickDynamoDB

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PATIENCE = 0.25
"""Seconds that the client waits for an answer."""
_METHODS = {
    "GetItem": "get_item",
    "BatchGetItem": "batch_get_item",
    "PutItem": "put_item",
    "UpdateItem": "update_item",
    "DeleteItem": "delete_item",
    "TransactWriteItems": "transact_write_items",
}
_READS = ("GetItem", "BatchGetItem")
Binary = dict[str, Any]


class LateDynamoDB:
    """A server over `quick`, with these tables. It makes the next `late` writes and does not answer
    them in time.
    """

    def __init__(self, *tables: str) -> None:
        self.quick = QuickDynamoDB(*tables)
        self.late = 0
        self.received: list[str] = []
        self._over = threading.Event()

    def answer(self, operation: str, request: Any) -> tuple[int, Any]:
        """The status and the body of an answer, once it is due."""
        self.received.append(operation)
        try:
            status, body = 200, getattr(self.quick, _METHODS[operation])(**_with_bytes(request))
        except ClientError as error:
            response: Any = error.response
            code = response["Error"]["Code"]
            status, body = 400, {**response, "__type": f"com.amazonaws.dynamodb.v20120810#{code}"}
        if operation not in _READS and self.late:
            self.late -= 1
            self._over.wait(30)
        return status, body

    def close(self) -> None:
        """Let go of what still waits."""
        self._over.set()


@contextmanager
def late_dynamodb(*tables: str) -> Iterator[tuple[LateDynamoDB, "DynamoDBClient"]]:
    """The server, and a client of botocore's with the functions' own settings but its patience."""
    late = LateDynamoDB(*tables)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            status, answer = late.answer(operation, json.loads(body))
            text = json.dumps(answer, default=_base64).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)
            except OSError:
                pass  # the client has gone

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield late, _client(f"http://127.0.0.1:{server.server_address[1]}")
    finally:
        late.close()
        server.shutdown()
        server.server_close()
        thread.join()


def _client(url: str) -> "DynamoDBClient":
    import boto3
    from botocore.config import Config

    from countersign.aws.network import NETWORK

    patience = Config(read_timeout=PATIENCE)
    return boto3.client("dynamodb", endpoint_url=url, config=NETWORK.merge(patience))


def _with_bytes(value: Any) -> Any:
    """What was received, with bytes where JSON has their base64."""
    if isinstance(value, list):
        return [_with_bytes(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"B"} and isinstance(value["B"], str):
        return {"B": base64.b64decode(value["B"])}
    return {name: _with_bytes(member) for name, member in value.items()}


def _base64(value: Any) -> str:
    assert isinstance(value, bytes)
    return base64.b64encode(value).decode()
