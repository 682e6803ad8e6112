"""What is served as it is, by its path."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from countersign import __version__
from countersign.pages.languages import MESSAGES
from countersign.pages.resources import Resource
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


@cache
def static() -> dict[str, Resource]:
    """Every file that is served as it is, by its path: no other path can be reached."""
    own = {"cross-origin-resource-policy": "same-origin", **_BRIEFLY}
    found = {f"/assets/{file.name}": _load(file, own) for file in (HERE / "assets").iterdir()}
    for file in MESSAGES.iterdir():
        found[f"/assets/messages.{file.name}"] = _load(file, own)
    for file in (*HERE.glob("client.*"), *HERE.glob("client/*")):
        found[f"/{file.relative_to(HERE).as_posix()}"] = _load(file, _ANY_ORIGIN | _BRIEFLY)
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
        "sign_in_parameters": settings.sign_in_parameters,
        "stripe_js_url": settings.stripe_js_url,
        "stripe_publishable_key": settings.stripe_publishable_key,
        "spc_rp_id": settings.spc_rp_id,
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
