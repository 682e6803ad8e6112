"""Proof that a web origin belongs to a merchant's account: a file on the origin names the account.

A stranger chose the origin, so it is reached with care: https on its own port, a public address
that is resolved once, no redirects, few bytes, and a time limit for the whole request.
"""

import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

import certifi

from countersign.aws.telemetry import logger

WELL_KNOWN = "/.well-known/countersign.json"
"""Where the file is (RFC 8615): `{"accounts": ["acct_…"]}`."""
PATIENCE = 4.0
"""Seconds that resolving the name may take, and then again the whole request."""
HURRY = 1.0
"""The same, while a payer waits."""
_LONGEST = 64 * 1024
_PORT = 443
_UNICAST = ipaddress.ip_network("2000::/3")
"""All global unicast IPv6 (RFC 4291, section 2.4), without the forms that stand for IPv4."""
_FAILURES = (OSError, ValueError, RecursionError, TimeoutError, http.client.HTTPException)

Prove = Callable[[str, str], bool]


def is_proven(origin: str, account_id: str, patience: float = PATIENCE) -> bool:
    """Return whether the origin's file names this account now. Any failure counts as no."""
    host = urlsplit(origin).netloc
    if ":" in host:  # no proof on another port: nobody can have us scan the ports of a host
        return False
    try:
        return account_id in accounts_at(host, _address(host, patience), patience=patience)
    except _FAILURES as error:
        logger.info("no proof of a payee origin", extra={"reason": type(error).__name__})
        return False


def is_proven_soon(origin: str, account_id: str) -> bool:
    """Return what `is_proven` does, within two seconds."""
    return is_proven(origin, account_id, HURRY)


def accounts_at(
    host: str, address: str, port: int = _PORT, trusted: str = "", patience: float = PATIENCE
) -> list[Any]:
    """Return the accounts that a host's file names, requested from one address. `trusted` is a file
    of certificates instead of the public ones. Raises `OSError`, `ValueError` and `HTTPException`.
    """
    context = ssl.create_default_context(cafile=trusted or certifi.where())
    with (
        socket.create_connection((address, port), timeout=patience) as plain,
        context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False) as safe,
        _limited(safe, patience),
    ):
        safe.do_handshake()
        connection = http.client.HTTPConnection(host)
        connection.sock = safe
        connection.request("GET", WELL_KNOWN, headers={"Connection": "close"})
        response = connection.getresponse()
        text = response.read(_LONGEST + 1)
    if response.status != http.client.OK or len(text) > _LONGEST:
        raise ValueError("no file")
    document = json.loads(text)
    accounts = document.get("accounts") if isinstance(document, dict) else None
    if not isinstance(accounts, list):
        raise ValueError("no list of accounts")
    return accounts


@contextmanager
def _limited(connection: socket.socket, patience: float) -> Iterator[None]:
    """Cut a connection when the time is over, however slowly the other side sends."""
    cut = Timer(patience, partial(socket.socket.shutdown, connection, socket.SHUT_RDWR))
    cut.start()
    try:
        yield
    finally:
        cut.cancel()


def _address(host: str, patience: float) -> str:
    """Return a public address of a host. It is resolved in a thread, since `getaddrinfo` takes no
    time limit.
    """
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        return pool.submit(_public_address, host).result(patience)
    finally:
        pool.shutdown(wait=False)


def _public_address(host: str) -> str:
    """Return an address of a host on the open internet. Raises `ValueError` if any of its addresses
    is elsewhere, so that nobody can have us reach into our own network.
    """
    found = socket.getaddrinfo(host, _PORT, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(map(is_public, addresses)):
        raise ValueError("not a public address")
    return addresses[0]


def is_public(text: str) -> bool:
    """Return whether an IP address is on the open internet, and is not one that contains another
    address (6to4, Teredo).
    """
    address = ipaddress.ip_address(text)
    if not address.is_global or address.is_multicast:
        return False
    if address.version == 4:
        return True
    return address in _UNICAST and address.sixtofour is None and address.teredo is None
