"""Web origins as browsers write them: https://url.spec.whatwg.org/#origin and
https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin. Pure.
"""

import re

from ada_url import URL, HostType

from countersign.formats.host_names import is_browsers_host

_PLAIN = re.compile(r"[A-Za-z]+://[^\s/?#@\\%*\x00-\x1f]*[^\s/?#@\\%*:\x00-\x1f]/?")
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_LONGEST_HOST = 253


class NotAnOrigin(ValueError):
    """The text is not an origin that is allowed here. The message says what it must be."""


def serialize_origin(text: str, *, local: bool = False) -> str:
    """Return an origin as a browser sends it: lower case, Punycode, no default port.

    Only https is allowed, and `http://*.localhost` if `local`. Raises `NotAnOrigin` for anything
    with a path, a query, a user or an IP address, which is most likely a mistake.
    """
    if not _PLAIN.fullmatch(text):
        raise NotAnOrigin("must be an origin, such as https://shop.example.com")
    try:
        url = URL(text)
    except ValueError as error:
        raise NotAnOrigin("must have a domain name, and a port from 1 to 65535 or none") from error
    if url.port == "0":
        raise NotAnOrigin("must have a port from 1 to 65535, or none")
    if url.host_type is not HostType.DEFAULT:
        raise NotAnOrigin("must have a domain name and not an address")
    labels = url.hostname.split(".")
    if len(url.hostname) > _LONGEST_HOST or not all(map(_LABEL.fullmatch, labels)):
        raise NotAnOrigin("must have a domain name: letters, digits and hyphens, at most 253")
    if not is_browsers_host(url.hostname):
        raise NotAnOrigin("must have a domain name that browsers can open")
    is_local = labels[-1] == "localhost"
    if url.protocol != "https:" and not (local and url.protocol == "http:" and is_local):
        raise NotAnOrigin("must begin with https://")
    return str(url.origin)
