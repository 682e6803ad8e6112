"""What is served as it is: a text with its headers, known by its path."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from languages import MESSAGES

from countersign import __version__
from countersign.settings import Settings

HERE = Path(__file__).parent

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".ts": "text/plain; charset=utf-8",
}
_BRIEFLY = {"cache-control": "public, max-age=300"}
_ANY_ORIGIN = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
}


@dataclass(frozen=True, slots=True)
class Resource:
    """A text and the headers that go with it, without those that follow from the text."""

    body: str
    headers: Mapping[str, str]

    @property
    def etag(self) -> str:
        """A strong validator of the body (RFC 9110, section 8.8.3)."""
        return f'"{hashlib.sha256(self.body.encode()).hexdigest()[:32]}"'

    @property
    def answer_headers(self) -> dict[str, str]:
        """All headers of an answer with this resource."""
        return {"etag": self.etag, "x-content-type-options": "nosniff", **self.headers}

    def with_headers(self, headers: Mapping[str, str]) -> "Resource":
        """The same text with more headers."""
        return Resource(self.body, {**self.headers, **headers})


@cache
def static() -> dict[str, Resource]:
    """Every file that is served as it is, by its path: no other path can be reached."""
    own = {"cross-origin-resource-policy": "same-origin", **_BRIEFLY}
    found = {f"/assets/{file.name}": _load(file, own) for file in (HERE / "assets").iterdir()}
    for file in MESSAGES.iterdir():
        found[f"/assets/messages.{file.name}"] = _load(file, own)
    for name in ("client.js", "client.d.ts"):
        found[f"/{name}"] = _load(HERE / name, _ANY_ORIGIN | _BRIEFLY)
    description = HERE / "openapi.json"
    if description.exists():
        found["/openapi.json"] = _load(description, _BRIEFLY)
    return found


def _load(file: Path, headers: Mapping[str, str]) -> Resource:
    text = file.read_text(encoding="utf-8")
    return Resource(text, {"content-type": _TYPES[file.suffix], **headers})


def public_settings(settings: Settings) -> Resource:
    """What browser code needs to know of a deployment; nothing in it is secret."""
    members = {
        "issuer": settings.issuer,
        "client_id": settings.sign_in_client_id,
        "stripe_js_url": settings.stripe_js_url,
        "stripe_publishable_key": settings.stripe_publishable_key,
        "alternative_verification_url": _web_address(settings.alternative_verification_url),
        "version": __version__,
    }
    headers = {"content-type": "application/json", "cache-control": "no-cache", **_ANY_ORIGIN}
    return Resource(json.dumps(members, indent=2), headers)


def _web_address(url: str) -> str:
    """The address when a visitor may be sent there: https, or this machine; else nothing."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    local = host == "localhost" or host.endswith(".localhost")
    return url if host and (parts.scheme == "https" or (parts.scheme == "http" and local)) else ""
