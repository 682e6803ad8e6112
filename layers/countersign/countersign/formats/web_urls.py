"""URLs in the form in which a browser returns them (https://url.spec.whatwg.org/). Pure."""

import re

from ada_url import URL

_DATA_IMAGE = re.compile(r"data:image/[a-z0-9.+-]+;base64,[A-Za-z0-9+/]+={0,2}")


def image_url(text: str, longest: int) -> str:
    """Return the URL of an image as a browser serializes it: https, or an image in a data: URL.

    Raises `ValueError`, which says what it must be, for any other.
    """
    if len(text) > longest:
        raise ValueError(f"must have at most {longest} characters")
    if text.startswith("data:"):
        if not _DATA_IMAGE.fullmatch(text):
            raise ValueError("must be data:image/…;base64,… where it is a data: URL")
        return text
    try:
        # Chromium encodes | in a path and the standard does not. Every browser keeps this spelling.
        url = URL(text.replace("|", "%7C"))
    except ValueError as error:
        raise ValueError("must be a URL, https: or data:") from error
    # Browsers do not agree on * in a host either, and no real host has it.
    if url.protocol != "https:" or url.username or url.password or "*" in url.hostname:
        raise ValueError("must be a URL, https: or data:")
    if len(url.href) > longest:
        raise ValueError(f"must have at most {longest} characters, encoded")
    return str(url.href)
