"""URLs of images in the form in which a browser gives them back (https://url.spec.whatwg.org/)."""

import pytest
from ada_url import URL
from hypothesis import given
from hypothesis import strategies as st

from countersign.formats.web_urls import image_url

LONGEST = 200
PIXEL = "data:image/png;base64,iVBORw0KGgo="


@pytest.mark.parametrize(("text", "kept"), [
    ("https://rp.example/card.png", "https://rp.example/card.png"),
    ("https://RP.example:443/./a b/é.png", "https://rp.example/a%20b/%C3%A9.png"),
    ("HTTPS://rp.example", "https://rp.example/"),
    ("https://rp.example:8443/a/../b?x=é#f", "https://rp.example:8443/b?x=%C3%A9#f"),
    ("https://bücher.example/", "https://xn--bcher-kva.example/"),
    (" https://rp.example/a\n.png ", "https://rp.example/a.png"),
    ("https:\\\\rp.example\\card.png", "https://rp.example/card.png"),
    ("https:rp.example/card.png", "https://rp.example/card.png"),
    ("https://192.0.2.1/card.png", "https://192.0.2.1/card.png"),
    ("https://rp.example/a|b?c|d#e|f", "https://rp.example/a%7Cb?c%7Cd#e%7Cf"),
])  # fmt: skip
def test_a_url_is_told_as_a_browser_writes_it(text: str, kept: str) -> None:
    assert image_url(text, LONGEST) == kept


@pytest.mark.parametrize("text", [
    PIXEL, "data:image/svg+xml;base64,PHN2Zy8+", "data:image/webp;base64,AAAA",
    "data:image/vnd.microsoft.icon;base64,AA==", "data:image/PNG;BASE64,AAAA",
    "data:image/svg+xml;charset=utf-8;base64,PHN2Zy8+",
])  # fmt: skip
def test_an_image_within_the_url_is_kept_to_the_letter(text: str) -> None:
    assert image_url(text, LONGEST) == text


def test_the_scheme_of_a_data_url_is_written_in_lower_case() -> None:
    assert image_url(f"DATA{PIXEL.removeprefix('data')}", LONGEST) == PIXEL


@pytest.mark.parametrize("text", [
    "", "https://*.rp.example/a.png", "https://r|p.example/a.png", "card.png", "/card.png", "//rp.example/card.png", "http://rp.example/card.png",
    "http://localhost/card.png", "ftp://rp.example/", "javascript:alert(1)", "blob:https://rp.example/1",
    "https://", "https:///", "https://rp.example:99999/", "https://user@rp.example/", "https://:p@rp.example/",
    "https://a b.example/", "https://[::1/", "about:blank", "file:///card.png",
])  # fmt: skip
def test_any_other_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a URL, https: or data:"):
        image_url(text, LONGEST)


@pytest.mark.parametrize("text", [
    "data:", "data:,", "data:text/html;base64,AAAA", "data:image/png,AAAA", "data:image/png;base64,",
    "data:image/png;base64,A A", "data:image/png;base64,AA-_", "data:image/png;base64,AAAA\n",
    "data:image/png;charset;base64,AAAA", "data:image/png;base64;charset=x,AAAA", "data:image/png;base64,AAAA#x",
    "data:image/png;base64,A===", "data:;base64,AAAA", "data:image/;base64,AAAA",
])  # fmt: skip
def test_a_data_url_that_is_no_plain_image_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be data:image/"):
        image_url(text, LONGEST)


def test_the_limit_is_that_of_what_is_issued() -> None:
    start = "https://rp.example/"
    fits = start + "a" * (LONGEST - len(start))
    assert image_url(fits, LONGEST) == fits
    with pytest.raises(ValueError, match=f"at most {LONGEST} characters"):
        image_url(fits + "a", LONGEST)
    with pytest.raises(ValueError, match=f"at most {LONGEST} characters, encoded"):
        image_url(start + "é" * 100, LONGEST)
    with pytest.raises(ValueError, match=f"at most {LONGEST} characters"):
        image_url(PIXEL + "A" * LONGEST, LONGEST)


@given(st.text(max_size=30) | st.text(max_size=30).map(lambda text: f"https://rp.example/{text}"))
def test_what_is_issued_is_what_a_browser_gives_back(text: str) -> None:
    try:
        kept = image_url(text, LONGEST)
    except ValueError:
        return
    assert kept.isascii()
    assert URL(kept).href == kept
    assert image_url(kept, LONGEST) == kept


@given(st.text(st.characters(), max_size=60))
def test_no_text_is_refused_otherwise_than_with_words(text: str) -> None:
    try:
        assert image_url(text, LONGEST).startswith(("https://", "data:image/"))
    except ValueError as error:
        assert str(error).startswith("must ")
