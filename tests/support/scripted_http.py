"""An HTTP server on this machine that answers as a test has written down, or hangs up."""

import json
import ssl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """An answer; `status` 0 closes the connection instead, and `waits` holds it until it is set."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    waits: threading.Event | None = None


@dataclass
class ScriptedServer:
    """The replies to come, and the requests that came (method, path, headers and body), over so
    many connections.
    """

    url: str = ""
    replies: deque[Reply] = field(default_factory=deque)
    requests: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)
    connections: int = 0

    def will(self, *replies: Reply) -> None:
        """Answer the next requests so."""
        self.replies.extend(replies)


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Be silent about clients that hang up."""

    def speaking(self, tls: ssl.SSLContext | None) -> str:
        """Its address, once it speaks TLS; each connection's own thread does the handshake."""
        if tls is None:
            return f"http://127.0.0.1:{self.server_port}"
        self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        return f"https://localhost:{self.server_port}"


@contextmanager
def scripted_server(tls: ssl.SSLContext | None = None) -> Iterator[ScriptedServer]:
    """A running server, over https with a context of its own; it ends with the block."""
    script = ScriptedServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # which waits 40 ms for each answer

        def setup(self) -> None:
            script.connections += 1
            super().setup()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            script.requests.append((self.command, self.path, dict(self.headers), body))
            reply = script.replies.popleft()
            if reply.waits is not None:
                reply.waits.wait(5)
            if reply.status == 0 or reply.waits is not None:
                self.close_connection = True
                return
            text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
            self.send_response_only(reply.status)  # with no Date unless the test gives one
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(text.encode())

        do_HEAD = do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Be silent."""

    server = _Server(("127.0.0.1", 0), Handler)
    script.url = server.speaking(tls)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
