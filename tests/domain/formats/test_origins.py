"""Origins as browsers serialise them; what the expected column says was read off `URL.origin`."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.formats.origins import NotAnOrigin, serialize_origin

SERIALISED = {
    "https://shop.example.com": "https://shop.example.com",
    "https://shop.example.com/": "https://shop.example.com",
    "https://Shop.EXAMPLE.com": "https://shop.example.com",
    "HTTPS://shop.example.com": "https://shop.example.com",
    "https://shop.example.com:443": "https://shop.example.com",
    "https://shop.example.com:443/": "https://shop.example.com",
    "https://shop.example.com:0443": "https://shop.example.com",
    "https://shop.example.com:8443": "https://shop.example.com:8443",
    "https://shop.example.com:80": "https://shop.example.com:80",
    "https://shop.example.com:1": "https://shop.example.com:1",
    "https://shop.example.com:65535": "https://shop.example.com:65535",
    "https://localhost": "https://localhost",
    "https://localhost:8443": "https://localhost:8443",
    "https://a_b.example": "https://a_b.example",
    "https://r3---sn-4g5e.example": "https://r3---sn-4g5e.example",
    "https://1.2.3.com": "https://1.2.3.com",
    "https://foo.0xg": "https://foo.0xg",
    "https://bücher.example": "https://xn--bcher-kva.example",
    "https://BÜCHER.example": "https://xn--bcher-kva.example",
    "https://bu\u0308cher.example": "https://xn--bcher-kva.example",
    "https://xn--bcher-kva.example": "https://xn--bcher-kva.example",
    "https://XN--BCHER-KVA.example": "https://xn--bcher-kva.example",
    "https://faß.example": "https://xn--fa-hia.example",
    "https://ς.example": "https://xn--3xa.example",
    "https://日本。ＪＰ:0443/": "https://xn--wgv71a.jp",
    "https://ＳＨＯＰ.example": "https://shop.example",
    "https://shop\u3002example": "https://shop.example",
    "https://\u2177.example": "https://viii.example",
    "https://\u212a.example": "https://k.example",
    "https://\u0130.example": "https://xn--i-9bb.example",
    "https://a\u00adb.example": "https://ab.example",
    "https://نامه\u200cای.example": "https://xn--mgba3gch31f060k.example",
    "https://xn--e28h.example": "https://xn--e28h.example",
    "https://\U0001f600.example": "https://xn--e28h.example",
    "https://a\u200bb.example": "https://ab.example",
    f"https://{'a' * 63}.example": f"https://{'a' * 63}.example",
}
PATHS = [
    "https://shop.example/a", "https://shop.example//", "https://shop.example/.", "https://shop.example/?",
    "https://shop.example?", "https://shop.example?a=1", "https://shop.example#", "https://shop.example/#a",
    "https://shop.example\\", "https:\\\\shop.example", "https://shop.example\\@evil.example",
]  # fmt: skip
USERS = [
    "https://user@shop.example", "https://user:password@shop.example", "https://@shop.example",
    "https://:@shop.example", "https://evil.example@shop.example", "https://shop.example@evil.example",
]  # fmt: skip
ADDRESSES = [
    "https://127.0.0.1", "https://127.1", "https://2130706433", "https://0x7f000001", "https://0x7f.1",
    "https://0X7F.0.0.1", "https://017700000001", "https://0177.0.0.1", "https://1.2.3.0x", "https://0",
    "https://8.8.8.8", "https://999.999.999.999", "https://foo.1", "https://foo.0x1", "https://1.2.3.4:8443",
    "https://１２７.０.０.１", "https://127。0。0。1", "https://[::1]", "https://[::ffff:127.0.0.1]", "https://[::1]:8443",
    "https://::1", "https://[v1.a]", "https://127.0.0.1.",
]  # fmt: skip
MALFORMED = [
    "", " ", "null", "*", "https://", "https:///", "https://.", "https://..", "https://a..b", "https://.a",
    "shop.example", "//shop.example", "https:shop.example", "https:/shop.example", "https:///shop.example",
    "https//shop.example", "://shop.example", "https://*.example", "https://shop.example.", "https://shop.example:",
    "https://shop.example:0", "https://shop.example:65536", "https://shop.example:99999",
    "https://shop.example:123456", "https://shop.example:-1", "https://shop.example:+80", "https://shop.example:8o",
    "https://shop.example:443:443", "https://shop.example:4 43", "https://shop.example:\u0664\u0664\u0663",
    "https://shop.example,https://b.example", "https://shop.example https://b.example", "https://a:443@b",
]  # fmt: skip
WHITE = [
    " https://shop.example", "https://shop.example ", "\thttps://shop.example", "https://shop.example\t",
    "https://sh\top.example", "https://shop.example\n", "https://shop.example\r\n", "ht\ntps://shop.example",
    "https://sh op.example", "https://shop.example\x00", "https://sh\x00op.example", "https://shop\x7f.example",
    "https://shop\u00a0.example", "https://\u3000shop.example", "\ufeffhttps://shop.example",
]  # fmt: skip
ENCODED = [
    "https://sh%6fp.example", "https://shop%2eexample", "https://shop.example:80%30", "https://%00.example",
    "https://b%C3%BCcher.example", "https://shop.example%2Fa", "https://％41.example",
]  # fmt: skip
DISGUISED = [
    "https://\u202eexample.com", "https://a\u200eb.example", "https://a／b.example",
    "https://shop.example？a", "https://shop.example＃a", "https://user＠shop.example", "https://shop.example：443",
    "https://a\ud800b.example", "https://xn--\u00fc.example", "https://a\u05d0.example",
]  # fmt: skip
HEADERS = [f"https://a{character}b.example" for character in ",;'\"`{}$&()=!~+|^<>"]
"""Browsers take some of these for hosts, no domain has them, and in a header they end an entry."""
LONG = [f"https://{'a' * 64}.example", f"https://{'.'.join(['a' * 60] * 5)}", f"https://{'ü' * 60}.example",
        f"https://{'a.' * 30_000}a", f"https://{'ü' * 60_000}.example", "https://" + "日" * 20_000]  # fmt: skip
OTHER_SCHEMES = [
    "http://shop.example", "http://shop.example:443", "ftp://shop.example", "wss://shop.example",
    "file://shop.example", "data://shop.example", "javascript://shop.example", "httpss://shop.example",
    "chrome-extension://abc", "android:apk-key-hash:abc", "http://notlocalhost", "http://localhost.example",
    "http://127.0.0.1", "http://127.0.0.1:8000", "http://[::1]:8000",
]  # fmt: skip
REFUSED = [
    *PATHS, *USERS, *ADDRESSES, *MALFORMED, *WHITE, *ENCODED, *DISGUISED, *HEADERS, *LONG,
    *OTHER_SCHEMES,
]  # fmt: skip


@pytest.mark.parametrize("local", [False, True])
@pytest.mark.parametrize("text", SERIALISED, ids=ascii)
def test_an_origin_is_written_as_browsers_write_it(text: str, local: bool) -> None:
    assert serialize_origin(text, local=local) == SERIALISED[text]
    assert serialize_origin(SERIALISED[text], local=local) == SERIALISED[text]


@pytest.mark.parametrize("local", [False, True])
@pytest.mark.parametrize("text", REFUSED, ids=lambda text: ascii(text)[:40])
def test_anything_else_is_refused_with_a_word_on_it(text: str, local: bool) -> None:
    with pytest.raises(NotAnOrigin) as refused:
        serialize_origin(text, local=local)
    assert str(refused.value).startswith("must ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://localhost:80/", "http://localhost"),
        ("http://merchant.localhost:8000", "http://merchant.localhost:8000"),
        ("HTTP://Merchant.LocalHost:08000", "http://merchant.localhost:8000"),
        ("http://a.b.localhost:443", "http://a.b.localhost:443"),
    ],
)
def test_plain_http_is_for_one_machine_alone(text: str, expected: str) -> None:
    assert serialize_origin(text, local=True) == expected
    with pytest.raises(NotAnOrigin, match="https"):
        serialize_origin(text)


hosts = st.lists(
    st.text(string.ascii_letters + string.digits, min_size=1, max_size=10), min_size=1, max_size=4
).map(".".join)


@given(hosts.map(lambda host: host + ".example"), st.integers(1, 65535) | st.none(), st.booleans())
def test_every_plain_origin_is_taken_and_put_in_order(
    host: str, port: int | None, slash: bool
) -> None:
    shown = "" if port in (None, 443) else f":{port}"
    text = f"https://{host}" + ("" if port is None else f":{port}") + "/" * slash
    assert serialize_origin(text) == f"https://{host.lower()}{shown}"


@given(
    st.text(st.characters(), max_size=40).map(lambda text: f"https://{text}")
    | st.text(st.characters(), max_size=40)
    | st.text("htps:/.@%#?\\[]0123456789ax-_ \t\u3002ü", max_size=30).map("https://a".__add__)
)
def test_whatever_comes_is_an_origin_or_is_refused(text: str) -> None:
    try:
        origin = serialize_origin(text)
    except NotAnOrigin:
        return
    scheme, _, rest = origin.partition("://")
    host, _, port = rest.partition(":")
    assert scheme == "https"
    assert set(host) <= set(string.ascii_lowercase + string.digits + "-._")
    assert port == "" or (port == str(int(port)) and 0 < int(port) < 65536 and port != "443")
    assert serialize_origin(origin) == origin
