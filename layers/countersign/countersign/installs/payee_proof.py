"""Proof that a merchant's account and a web origin belong together: a file on the origin names it.

The address is a stranger's, so it is reached with care: https alone, at a public address that is
looked up once, no redirects, little time and few bytes.
"""

import ipaddress
import json
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import urllib3

from countersign.telemetry import logger

WELL_KNOWN = "/.well-known/countersign.json"
"""Where the file is (RFC 8615): `{"accounts": ["acct_…"]}`."""
PATIENCE = 4.0
"""Seconds that all of it may take."""
_LONGEST = 64 * 1024

_FAILURES = (OSError, ValueError, RecursionError, TimeoutError, urllib3.exceptions.HTTPError)
_UNICAST = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is global unicast (RFC 4291, section 2.4), without what stands for IPv4."""

Prove = Callable[[str, str], bool]


def is_proven(origin: str, account_id: str) -> bool:
    """Whether the origin's file names this account, now. Whatever goes wrong is a no."""
    # The look-up of a name can not be given a limit of its own.
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        return account_id in pool.submit(_accounts, origin).result(PATIENCE)
    except _FAILURES as error:
        logger.info("no proof of a payee origin", extra={"reason": type(error).__name__})
        return False
    finally:
        pool.shutdown(wait=False)


def _accounts(origin: str) -> list[Any]:
    """The accounts that an origin's file names; raises `ValueError` for what is no such file."""
    parts = urlsplit(origin)
    host, port = parts.hostname or "", parts.port or 443
    pool = urllib3.HTTPSConnectionPool(
        _public_address(host, port),
        port,
        assert_hostname=host,
        server_hostname=host,
        timeout=urllib3.Timeout(total=PATIENCE),
        retries=False,
    )
    with pool:
        answer = pool.request(
            "GET", WELL_KNOWN, headers={"Host": parts.netloc}, redirect=False, preload_content=False
        )
        text = answer.read(_LONGEST + 1)
        answer.release_conn()
    if answer.status != 200 or len(text) > _LONGEST:
        raise ValueError("no file")
    document = json.loads(text)
    accounts = document.get("accounts") if isinstance(document, dict) else None
    if not isinstance(accounts, list):
        raise ValueError("no list of accounts")
    return accounts


def _public_address(host: str, port: int) -> str:
    """An address of a host on the open internet; raises `ValueError` if any of them is not there,
    so that nobody has us look around in our own network.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(map(is_public, addresses)):
        raise ValueError("not a public address")
    return addresses[0]


def is_public(text: str) -> bool:
    """Whether an IP address is one of the open internet, and none that leads to another within it
    (6to4, Teredo).
    """
    address = ipaddress.ip_address(text)
    if not address.is_global or address.is_multicast:
        return False
    if address.version == 4:
        return True
    return address in _UNICAST and address.sixtofour is None and address.teredo is None
