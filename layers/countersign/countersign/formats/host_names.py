"""Host names as browsers know them: https://url.spec.whatwg.org/#concept-domain-to-ascii. Pure."""

from ada_url import URL

_PREFIX = "xn--"


def is_browsers_host(host: str) -> bool:
    """Return whether each label of a host name that `ada_url` has serialized is one that a browser
    opens. `ada_url` takes any label of Punycode as it is. A browser refuses one that does not
    stand for a name, or for a name that it would write otherwise (UTS #46, section 4).
    """
    return all(map(_is_browsers_label, host.split(".")))


def _is_browsers_label(label: str) -> bool:
    if not label.startswith(_PREFIX):
        return True
    try:
        name = label.removeprefix(_PREFIX).encode("ascii").decode("punycode")
        return not name.isascii() and URL(f"https://{name}/").hostname == label
    except (ValueError, OverflowError):
        return False
