"""The file on a merchant's origin that names its account: what proves it, and what reaches nobody."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from countersign.installs import origin_proof
from countersign.installs.origin_proof import accounts_at, is_proven, is_public
from tests.support.certificates import server_context
from tests.support.logs import Log
from tests.support.scripted_http import Reply, ScriptedServer, scripted_server

ACCOUNT, ORIGIN = "acct_1SQbakery", "https://localhost"
NAMES_IT = {"accounts": [ACCOUNT]}
ENDLESS = 1000
"""More bytes than anybody is to wait for."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    return server_context(tmp_path_factory.mktemp("certificates"), "localhost")


@pytest.fixture(scope="module")
def running(certificate: tuple[ssl.SSLContext, Path]) -> Iterator[ScriptedServer]:
    with scripted_server(certificate[0]) as server:
        yield server


@pytest.fixture
def server(
    running: ScriptedServer,
    certificate: tuple[ssl.SSLContext, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> ScriptedServer:
    """The merchant's server, reached on this machine's port and trusted by its own certificate."""
    running.requests.clear()
    running.replies.clear()
    port = urlsplit(running.url).port
    assert port is not None
    monkeypatch.setattr(
        origin_proof,
        "accounts_at",
        partial(accounts_at, port=port, trusted=str(certificate[1])),
    )
    return running


@pytest.fixture
def shop(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> ScriptedServer:
    """The same, as if it were on the open internet."""
    monkeypatch.setattr(origin_proof, "is_public", lambda _: True)
    return server


def test_an_origin_whose_file_names_the_account_is_proven(shop: ScriptedServer) -> None:
    shop.will(Reply(body={"accounts": ["acct_other", ACCOUNT], "more": 1}))
    assert is_proven(ORIGIN, ACCOUNT)
    ((method, path, headers, body),) = shop.requests
    assert (method, path, body) == ("GET", "/.well-known/countersign.json", "")
    assert headers["Host"] == "localhost"
    assert not {"cookie", "authorization", "referer"} & {name.lower() for name in headers}


def test_a_server_on_our_own_network_is_not_asked(server: ScriptedServer) -> None:
    server.will(Reply(body=NAMES_IT))
    assert not is_proven(ORIGIN, ACCOUNT)
    assert server.requests == []


def test_a_server_on_another_port_is_not_asked(shop: ScriptedServer) -> None:
    shop.will(Reply(body=NAMES_IT))
    for port in (1, 8443, urlsplit(shop.url).port):
        assert not is_proven(f"{ORIGIN}:{port}", ACCOUNT)
    assert shop.requests == []


OTHER_FILES: list[Any] = [
    {"accounts": []}, {"accounts": ["acct_other"]}, {"accounts": [ACCOUNT + "2"]}, {"accounts": [ACCOUNT.upper()]},
    {"accounts": ACCOUNT}, {"accounts": {ACCOUNT: True}}, {"accounts": None}, {"accounts": [[ACCOUNT]]},
    {"account": [ACCOUNT]}, [ACCOUNT], [NAMES_IT], None, 1,
    "", "<!doctype html>", f'{{"accounts": ["{ACCOUNT}"]', "[" * 60_000, '{"accounts":' * 9_000, "9" * 10_000,
    '{"accounts": ["\\ud800"]}', "\x00",
]  # fmt: skip


@pytest.mark.parametrize("body", OTHER_FILES, ids=lambda body: ascii(body)[:30])
def test_a_file_that_does_not_name_it_proves_nothing(shop: ScriptedServer, body: Any) -> None:
    shop.will(Reply(body=body))
    assert is_proven(ORIGIN, ACCOUNT) is False
    assert len(shop.requests) == 1


@pytest.mark.parametrize("status", [201, 203, 204, 206, 301, 302, 307, 308, 400, 404, 500, 503])
def test_any_other_answer_proves_nothing_and_no_redirect_is_followed(
    shop: ScriptedServer, status: int
) -> None:
    location = {"Location": "/.well-known/countersign.json"}
    shop.will(Reply(status, NAMES_IT, location), Reply(body=NAMES_IT))
    assert not is_proven(ORIGIN, ACCOUNT)
    assert len(shop.requests) == 1


@pytest.mark.parametrize(
    ("size", "proven"), [(64 * 1024, True), (64 * 1024 + 1, False), (5_000_000, False)]
)
def test_a_file_may_have_64_kib_and_no_more(shop: ScriptedServer, size: int, proven: bool) -> None:
    shop.will(Reply(body=json.dumps(NAMES_IT).ljust(size)))
    assert is_proven(ORIGIN, ACCOUNT) is proven


def test_a_server_that_hangs_up_proves_nothing(shop: ScriptedServer) -> None:
    shop.will(Reply(0))
    assert not is_proven(ORIGIN, ACCOUNT)
    assert len(shop.requests) == 1


def test_a_server_that_does_not_answer_is_not_waited_for(shop: ScriptedServer) -> None:
    waits = threading.Event()
    shop.will(Reply(body=NAMES_IT, waits=waits))
    assert not is_proven(ORIGIN, ACCOUNT, patience=1)
    waits.set()


@contextmanager
def dripping(byte: bytes, begin: Callable[[socket.socket], socket.socket]) -> Iterator[int]:
    """The port of a server whose every byte comes in time, and that never ends."""
    dripped = 0

    def drip() -> None:
        nonlocal dripped
        with suppress(OSError):
            taken, _ = listener.accept()
            with taken, begin(taken) as connection:
                while dripped < ENDLESS:
                    connection.sendall(byte)
                    dripped += 1
                    time.sleep(0.01)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(2)
        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()
    assert 0 < dripped < ENDLESS


def test_a_server_that_drips_is_cut_off(
    shop: ScriptedServer, certificate: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin(plain: socket.socket) -> socket.socket:
        safe = certificate[0].wrap_socket(plain, server_side=True)
        safe.recv(4096)
        safe.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        return safe

    with dripping(b" ", begin) as port:
        patched = partial(accounts_at, port=port, trusted=str(certificate[1]))
        monkeypatch.setattr(origin_proof, "accounts_at", patched)
        assert not is_proven(ORIGIN, ACCOUNT, patience=2)


def test_a_handshake_that_drips_is_cut_off() -> None:
    with (
        dripping(b"\x16", lambda plain: plain) as port,
        pytest.raises(OSError),  # noqa: PT011 (in TLS or out of it)
    ):
        accounts_at("localhost", "127.0.0.1", port, patience=0.3)


def test_a_certificate_of_no_known_authority_proves_nothing(
    shop: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        origin_proof, "accounts_at", partial(accounts_at, port=urlsplit(shop.url).port or 0)
    )
    shop.will(Reply(body=NAMES_IT))
    assert not is_proven(ORIGIN, ACCOUNT)
    assert shop.requests == []


def test_a_certificate_of_another_name_proves_nothing(
    shop: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.will(Reply(body=NAMES_IT))

    def here(_: object, port: int, *__: object, **___: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", here)
    assert not is_proven("https://bakery.example", ACCOUNT)
    assert is_proven(ORIGIN, ACCOUNT)


def test_a_server_without_tls_proves_nothing() -> None:
    with scripted_server() as plain:
        plain.will(Reply(body=NAMES_IT))
        port = urlsplit(plain.url).port
        with pytest.raises(ssl.SSLError):
            accounts_at("localhost", "127.0.0.1", port or 0)
        assert plain.requests == []


@pytest.mark.parametrize("host", ["nobody.invalid", "localhost", f"{'a' * 63}.invalid"])
def test_an_origin_that_nobody_serves_proves_nothing(host: str, log: Log) -> None:
    assert not is_proven(f"https://{host}", ACCOUNT)
    assert "no proof" in log.text()


PRIVATE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1",
    "169.254.169.254", "169.254.100.1", "100.64.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
    "::ffff:8.8.8.8", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::a00:1", "2002:7f00:1::",
    "2002:a9fe:a9fe::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "100::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_on_the_open_internet_is_not_reached(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4007::1"]
)
def test_an_address_on_the_open_internet_is(address: str) -> None:
    assert is_public(address)


def test_one_private_address_among_several_is_one_too_many(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def both(_: object, port: int, *__: object, **___: object) -> list[Any]:
        return [(2, 1, 6, "", (address, port)) for address in ("127.0.0.1", "8.8.8.8")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    server.will(Reply(body=NAMES_IT))
    assert not is_proven(ORIGIN, ACCOUNT)
    assert server.requests == []
    monkeypatch.setattr(origin_proof, "is_public", lambda _: True)
    assert is_proven(ORIGIN, ACCOUNT)
