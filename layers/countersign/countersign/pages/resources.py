"""A text that is served unchanged, with its headers."""

import hashlib
from collections.abc import Mapping

from msgspec import Struct

from countersign.http.edge import HttpEvent, HttpResponse, header


class Resource(Struct, frozen=True):
    """A text and its headers, without those that are computed from the text."""

    body: str
    headers: Mapping[str, str]

    @property
    def etag(self) -> str:
        """A strong validator of the body (RFC 9110, section 8.8.3)."""
        return f'"{hashlib.sha256(self.body.encode()).hexdigest()[:32]}"'

    @property
    def response_headers(self) -> dict[str, str]:
        """All headers of a response with this resource."""
        return {"etag": self.etag, "x-content-type-options": "nosniff", **self.headers}

    def with_headers(self, headers: Mapping[str, str]) -> "Resource":
        """Return the same text with more headers."""
        return Resource(self.body, {**self.headers, **headers})

    def response(self, status: int = 200) -> HttpResponse:
        """Return the text as a response of an HTTP API."""
        return {"statusCode": status, "headers": self.response_headers, "body": self.body}

    def response_unless_known(self, event: HttpEvent) -> HttpResponse:
        """Return the text, or 304 if the browser has it already (RFC 9110, section 13.1.2)."""
        known = (header(event, "if-none-match") or "").split(",")
        if any(tag.strip().removeprefix("W/") in ("*", self.etag) for tag in known):
            return {"statusCode": 304, "headers": self.response_headers, "body": ""}
        return self.response()
