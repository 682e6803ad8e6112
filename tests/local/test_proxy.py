"""The proxy in front of the emulator: bytes go through as they came, and failures get an answer."""

import json

import pytest

from local.emulator import free_port
from local.proxy import BODY_LIMIT, end_to_end
from local.routes import Route
from tests.local.raw import Exchange, ask_proxy, through_proxy
from tests.support.threads import run_loop

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:x"


def get(target: bytes, reply: bytes = OK) -> Exchange:
    head = b"GET " + target + b" HTTP/1.1\r\nHost: localhost:8000\r\nConnection: close\r\n\r\n"
    return through_proxy(head, reply)


def test_a_body_of_any_bytes_arrives_as_it_was_sent() -> None:
    body = bytes(range(256)) + b'\r\n\r\n{"a": "\xc3\xa9"}'
    head = (
        b"POST /webhook HTTP/1.1\r\nHost: localhost:8000\r\nConnection: close\r\n"
        b"Content-Type: application/json; charset=utf-8\r\nStripe-Signature: t=1,v1=ab\xe9\r\n"
        b"X-Twice: 1\r\nX-Twice: 2\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    upstream = through_proxy(head + body, OK).upstream
    sent_head, _, sent_body = upstream.partition(b"\r\n\r\n")
    assert sent_body == body
    assert b"stripe-signature: t=1,v1=ab\xe9\r\n" in sent_head.lower() + b"\r\n"
    assert sent_head.lower().count(b"x-twice:") == 2
    assert b"host: localhost:8000" in sent_head.lower()
    assert sent_head.lower().count(b"content-length:") == 1


def test_a_chunked_body_arrives_whole() -> None:
    head = (
        b"POST /webhook HTTP/1.1\r\nHost: localhost:8000\r\nConnection: close\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )
    upstream = through_proxy(head, OK).upstream
    assert upstream.endswith(b"\r\n\r\nabcde")
    assert b"chunked" not in upstream


@pytest.mark.parametrize(
    "target",
    [
        b"/",
        b"/a%2Fb/%E2%82%AC?x=1&x=2&y=%27'%20+",
        b"/a?",
        b"//double//slash",
        b"/dots/../up/./x",
        b"/odd!$&'()*+,;=:@[]|^`{}~",
        b"/a%00b%ff?%ff=%00",
    ],
)
def test_the_path_and_query_keep_their_spelling(target: bytes) -> None:
    line = get(target).upstream.split(b"\r\n")[0]
    expected = target.removesuffix(b"?")
    assert line == b"GET /_aws/execute-api/a1b2c3d4/$default" + expected + b" HTTP/1.1"


def test_the_answer_comes_back_with_its_repeated_headers_and_raw_bytes() -> None:
    body = b"\x1f\x8b\x00\xff not really gzip"
    reply = (
        b"HTTP/1.1 201 Created\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2; Path=/\r\n"
        b"Content-Encoding: gzip\r\nX-Case: Kept\r\nServer: emulator\r\nDate: never\r\n"
        b"Keep-Alive: timeout=5\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    exchange = get(b"/", reply + body)
    head = exchange.answer.partition(b"\r\n\r\n")[0]
    assert exchange.status == 201
    assert exchange.body == body
    assert b"Set-Cookie: a=1\r\nSet-Cookie: b=2; Path=/\r\n" in head
    assert b"X-Case: Kept" in head
    assert b"emulator" not in head
    assert b"never" not in head
    assert b"timeout=5" not in head


def test_an_answer_without_a_body_keeps_none() -> None:
    exchange = get(b"/", b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n')
    assert (exchange.status, exchange.body) == (304, b"")


def test_a_redirect_is_handed_on_and_not_followed() -> None:
    reply = b"HTTP/1.1 303 See Other\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
    exchange = get(b"/", reply)
    assert exchange.status == 303
    assert b"Location: /elsewhere" in exchange.answer


def test_headers_for_one_hop_alone_are_not_passed_on() -> None:
    headers = [
        (b"Connection", b"close, X-Hop"),
        (b"X-Hop", b"1"),
        (b"TE", b"trailers"),
        (b"Upgrade", b"h2c"),
        (b"X-Kept", b"1"),
    ]
    assert end_to_end(headers, without=set()) == [(b"X-Kept", b"1")]


def test_a_body_over_the_limit_of_an_http_api_is_413_and_goes_nowhere() -> None:
    size = BODY_LIMIT + 1
    head = (
        b"POST /webhook HTTP/1.1\r\nHost: localhost:8000\r\nConnection: close\r\n"
        b"Content-Length: %d\r\n\r\n" % size
    )
    exchange = through_proxy(head + bytes(size), OK)
    assert exchange.status == 413
    assert exchange.upstream == b""


def test_an_error_of_a_function_is_kept_as_api_gateway_keeps_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    body = json.dumps({"errorMessage": "secret detail", "errorType": "Runtime.X"}).encode()
    reply = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: %d\r\n\r\n" % len(body)
    head = b"GET /x/private-id HTTP/1.1\r\nHost: localhost:8000\r\nConnection: close\r\n\r\n"
    exchange = through_proxy(head, reply + body, [Route("GET /x/{id}", FUNCTION)])
    assert exchange.status == 500
    assert json.loads(exchange.body) == {"message": "Internal Server Error"}
    told = capsys.readouterr().err
    assert "GET /x/{id} failed" in told
    assert "private-id" not in told
    assert "secret detail" not in told


def test_a_502_that_a_function_chose_is_passed_on() -> None:
    reply = b'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 14\r\n\r\n{"code": "up"}'
    exchange = get(b"/", reply)
    assert (exchange.status, exchange.body) == (502, b'{"code": "up"}')


def test_an_emulator_that_hangs_up_is_a_502_problem() -> None:
    exchange = get(b"/", b"")
    assert exchange.status == 502
    assert json.loads(exchange.body)["code"] == "emulator_unavailable"
    assert b"application/problem+json" in exchange.answer


def test_an_emulator_that_is_gone_is_a_502_problem() -> None:
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answer = run_loop(ask_proxy(f"http://127.0.0.1:{free_port()}", request))
    assert answer.startswith(b"HTTP/1.1 502 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == 502
