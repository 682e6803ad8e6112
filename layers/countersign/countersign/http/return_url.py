"""The URLs to which a visitor may be sent back: those on the deployment's list. Pure."""

from collections.abc import Set as AbstractSet
from urllib.parse import quote_plus, unquote_plus

from countersign.problems import Fault, Invalid

LONGEST = 2048


def check_return_url(url: str, allowed: AbstractSet[str], member: str = "return_url") -> None:
    """Raise 422 `return_url_not_allowed` (or `return_to_not_allowed`, for the `member` of that
    name) unless the URL without its query is on the list.

    The comparison is plain equality of what comes before the first `?`, of visible ASCII only, so
    no parser's view of a scheme, host, userinfo or backslash can differ from a browser's.
    """
    if is_allowed(url, allowed):
        return
    message = "is not on this deployment's list of return URLs (ALLOWED_RETURN_URLS)"
    faults: list[Fault] = [{"pointer": f"/{member}", "message": message}]
    if member == "return_to":
        raise Invalid(faults, "return_to_not_allowed")
    raise Invalid(faults, "return_url_not_allowed")


def is_plain(url: str) -> bool:
    """Return whether every parser reads this URL alike: visible ASCII, no fragment or backslash."""
    visible = all("!" <= character <= "~" for character in url)
    return visible and "#" not in url and "\\" not in url and len(url) <= LONGEST


def is_allowed(url: str, allowed: AbstractSet[str]) -> bool:
    """Return whether a visitor may be sent to this URL."""
    return is_plain(url) and url.partition("?")[0] in allowed


def with_query(url: str, name: str, value: str) -> str:
    """Return a URL that may be sent to, with one member in its query of this name: ours. One of the
    same name, in any spelling, is removed, since a page may read the first or the last.
    """
    page, _, query = url.partition("?")
    kept = [pair for pair in query.split("&") if pair and _name_of(pair) != name]
    return f"{page}?{'&'.join([*kept, f'{quote_plus(name)}={quote_plus(value)}'])}"


def _name_of(pair: str) -> str:
    return unquote_plus(pair.partition("=")[0])
