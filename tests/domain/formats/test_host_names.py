"""Host names in Punycode: those that a browser opens, and no others."""

import pytest

from countersign.formats.host_names import is_browsers_host
from countersign.formats.origins import NotAnOrigin, serialize_origin
from countersign.formats.web_urls import image_url


@pytest.mark.parametrize(
    "host",
    ["shop.example", "xn--bcher-kva.example", "xn--fa-hia.de", "xn--ls8h.la", "ab--c.example",
     "a.xn--bcher-kva.example", "192.0.2.1", "[::1]"],
)  # fmt: skip
def test_a_host_that_browsers_open_is_taken(host: str) -> None:
    assert is_browsers_host(host)


@pytest.mark.parametrize(
    "host",
    ["xn--a.example", "xn--.example", "xn--a-.example", "a.xn--zn7c.com", "xn--99999999.example",
     "xn--bcher-KVA.example", "xn--a-ecp.ru"],
)  # fmt: skip
def test_a_host_that_browsers_refuse_is_refused_everywhere(host: str) -> None:
    assert not is_browsers_host(host)
    if host == host.lower():
        with pytest.raises(NotAnOrigin, match="browsers"):
            serialize_origin(f"https://{host}")
        with pytest.raises(ValueError, match="browsers"):
            image_url(f"https://{host}/a.png", 100)
