"""URLs in the form in which a browser gives them back: https://url.spec.whatwg.org/. Pure."""

import re

from ada_url import URL

_DATA_IMAGE = re.compile(r"data:image/[a-z0-9.+-]+;base64,[A-Za-z0-9+/]+={0,2}")


def image_url(text: str, longest: int) -> str:
    """The URL of an image as a browser serialises it: https, or an image within a data: URL.

    Raises `ValueError`, saying what to write, for any other.
    """
    if len(text) > longest:
        raise ValueError(f"must have at most {longest} characters")
    if text.startswith("data:"):
        if not _DATA_IMAGE.fullmatch(text):
            raise ValueError("must be data:image/…;base64,… where it is a data: URL")
        return text
    try:
        # Chromium writes a path's | so, where the standard leaves it: this spelling all keep.
        url = URL(text.replace("|", "%7C"))
    except ValueError as error:
        raise ValueError("must be a URL, https: or data:") from error
    # A host's * is another of those that not all write alike, and no host has one.
    if url.protocol != "https:" or url.username or url.password or "*" in url.hostname:
        raise ValueError("must be a URL, https: or data:")
    if len(url.href) > longest:
        raise ValueError(f"must have at most {longest} characters, encoded")
    return str(url.href)
