"""Where a visitor may be sent back to."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.http.return_url import LONGEST, check_return_url, is_allowed, with_query
from countersign.problems import Invalid

PLAIN, PORT, ROOT = (
    "https://shop.example.com/done",
    "https://shop.example.com:8443/done",
    "https://shop.example.com",
)
ALLOWED = frozenset({PLAIN, PORT, ROOT})


@pytest.mark.parametrize(
    "url",
    [PLAIN, PORT, ROOT, f"{PLAIN}?", f"{PLAIN}?a=1&b=%20", f"{PLAIN}?a=1?b=2", f"{PLAIN}?@evil.com",
     f"{PLAIN}?next=https://evil.example"],
)  # fmt: skip
def test_what_is_on_the_list_is_allowed_with_any_query(url: str) -> None:
    check_return_url(url, ALLOWED)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "?",
        "?a=1",
        "/done",
        "//shop.example.com/done",
        "http://shop.example.com/done",
        "HTTPS://shop.example.com/done",
        "https://SHOP.example.com/done",
        "ftp://shop.example.com/done",
        "javascript:alert(1)//https://shop.example.com/done",
        "data:text/html,https://shop.example.com/done",
        "https:shop.example.com/done",
        "https:/shop.example.com/done",
        "https:///shop.example.com/done",
        "https://evil.example/done",
        "https://shop.example.com.evil.example/done",
        "https://shop.example.com@evil.example/done",
        "https://evil.example@shop.example.com/done",
        "https://user:password@shop.example.com/done",
        "https://shop.example.com:443/done",
        "https://shop.example.com:8444/done",
        "https://shop.example.com:8443:1/done",
        "https://shop.example.com./done",
        "https://shop.example.com/done/",
        "https://shop.example.com/done/more",
        "https://shop.example.com/done.html",
        "https://shop.example.com/donex",
        "https://shop.example.com/",
        "https://shop.example.com/DONE",
        "https://shop.example.com//done",
        "https://shop.example.com/./done",
        "https://shop.example.com/a/../done",
        "https://shop.example.com/%64one",
        "https://shop.example.com/done%3F",
        "https://shop.example.com/done;a=1",
        "https://shop.example.com\\done",
        "https:\\\\shop.example.com\\done",
        "https://evil.example\\@shop.example.com/done",
        "https://shop.example.com/done?a=\\",
        "https://shop.example.com/done#",
        "https://shop.example.com/done#a",
        "https://shop.example.com/done?a=1#b",
        " https://shop.example.com/done",
        "https://shop.example.com/done ",
        "https://shop.example.com/done?a= 1",
        "https://shop.example.com/done\n",
        "https://shop.example.com/done?a=1\r\nLocation: https://evil.example",
        "https://shop.ex\tample.com/done",
        "\thttps://shop.example.com/done",
        "https://shop.example.com/done\x00",
        "https://shop.example.com/done?\x7f",
        "https://shop.examp\u200ble.com/done",
        "https://shop.example.com/done?a=\u00e9",
        "https://ѕhop.example.com/done",
        "https://shop。example。com/done",
        "https://shop.example.com／done",
        "https://shop.example.com/done？a=1",
        "https://shop.example.com/done\ud800",
        f"{PLAIN}?{'a' * LONGEST}",
    ],
)
def test_what_is_not_on_the_list_is_refused(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_return_url(url, ALLOWED)
    assert refused.value.code == "return_url_not_allowed"
    assert [error["pointer"] for error in refused.value.errors] == ["/return_url"]


def test_the_refusal_repeats_nothing_of_the_url() -> None:
    with pytest.raises(Invalid) as refused:
        check_return_url("https://evil.example/secret", ALLOWED)
    assert "evil" not in str(refused.value.as_dict())


def test_the_longest_url_is_allowed() -> None:
    url = f"{PLAIN}?".ljust(LONGEST, "a")
    assert len(url) == LONGEST
    assert is_allowed(url, ALLOWED)
    assert not is_allowed(url + "a", ALLOWED)


def test_an_empty_list_allows_nothing() -> None:
    assert not is_allowed(PLAIN, frozenset())
    assert not is_allowed("", frozenset())


@given(
    st.text() | st.text().map(PLAIN.__add__) | st.text().map(lambda text: f"https://{text}/done")
)
def test_whatever_is_allowed_leads_to_a_place_on_the_list(url: str) -> None:
    if is_allowed(url, ALLOWED):
        parts = urlsplit(url)
        assert parts.scheme == "https"
        assert parts.hostname == "shop.example.com"
        assert parts.username is None
        assert parts.path in ("", "/done")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "?id=new"),
        ("?", "?id=new"),
        ("?a=1", "?a=1&id=new"),
        ("?id=old", "?id=new"),
        ("?id=old&a=%20&id=older&b", "?a=%20&b&id=new"),
        ("?%69d=old&i%64", "?id=new"),
        ("?ID=1&id2=2&xid=3", "?ID=1&id2=2&xid=3&id=new"),
        ("?a=?id=1", "?a=?id=1&id=new"),
    ],
)
def test_a_member_that_we_add_is_there_once(query: str, expected: str) -> None:
    assert with_query(PLAIN + query, "id", "new") == PLAIN + expected


@given(
    st.lists(st.tuples(st.sampled_from(["id", "a", "b c", "é"]), st.text(max_size=5))), st.text()
)
def test_what_else_is_in_the_query_stays_as_it_is(pairs: list[tuple[str, str]], value: str) -> None:
    found = parse_qsl(
        urlsplit(with_query(f"{PLAIN}?{urlencode(pairs)}", "id", value)).query,
        keep_blank_values=True,
    )
    assert found == [*(pair for pair in pairs if pair[0] != "id"), ("id", value)]
