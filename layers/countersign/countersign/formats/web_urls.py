"""URLs in the form in which a browser returns them (https://url.spec.whatwg.org/). Pure."""

import re

from ada_url import URL

from countersign.formats.host_names import is_browsers_host

_DATA = re.compile(r"data:", re.IGNORECASE | re.ASCII)
_DATA_IMAGE = re.compile(
    r"(?i:data:image/[a-z0-9.+-]+(;[a-z0-9.+-]+=[a-z0-9.+_-]+)*;base64),[A-Za-z0-9+/]+={0,2}",
    re.ASCII,
)
"""The scheme, the media type with its parameters and `base64` are of either case: RFC 2045, section
5.1, and https://fetch.spec.whatwg.org/#data-urls.
"""


def image_url(text: str, longest: int) -> str:
    """Return the URL of an image as a browser serializes it: https, or an image in a data: URL.

    Raises `ValueError`, which says what it must be, for any other.
    """
    if len(text) > longest:
        raise ValueError(f"must have at most {longest} characters")
    if _DATA.match(text):
        if not _DATA_IMAGE.fullmatch(text):
            raise ValueError("must be data:image/…;base64,… where it is a data: URL")
        return f"data:{text[len('data:') :]}"  # a browser writes the scheme so, and no more
    try:
        # Chromium encodes | in a path and the standard does not. Every browser keeps this spelling.
        url = URL(text.replace("|", "%7C"))
    except ValueError as error:
        raise ValueError("must be a URL, https: or data:") from error
    # Browsers do not agree on * in a host either, and no real host has it.
    if url.protocol != "https:" or url.username or url.password or "*" in url.hostname:
        raise ValueError("must be a URL, https: or data:")
    if not is_browsers_host(url.hostname):
        raise ValueError("must have a host name that browsers can open")
    if len(url.href) > longest:
        raise ValueError(f"must have at most {longest} characters, encoded")
    return str(url.href)
