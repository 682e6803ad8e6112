"""What the types of the parameters leave open, and how new values join the old."""

from typing import Any
from urllib.parse import urlsplit

from local.stand_in.errors import StripeError, missing_parameter, no_such


def check_kind(params: dict[str, Any]) -> None:
    """Either a type or a verification flow; raises StripeError for neither, both, or a bad flow."""
    flow = params.get("verification_flow")
    if flow is None and "type" not in params:
        raise missing_parameter("type")
    if flow is not None and "type" in params:
        raise StripeError(
            "You may only specify one of these parameters: type, verification_flow.", param="type"
        )
    if flow is not None and not flow.startswith("vf_"):
        raise no_such("verification flow", flow, "verification_flow", status=400)


def check_return_url(url: str | None) -> None:
    """An absolute http or https address; raises StripeError for anything else."""
    if url is None:
        return
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or not url.isascii() or any(character <= " " for character in url):
        raise StripeError("Not a valid URL", code="url_invalid", param="return_url")


def merged_metadata(old: dict[str, str], new: dict[str, str] | str) -> dict[str, str]:
    """Stripe merges: an empty value unsets its key, an empty `metadata` all of them."""
    if isinstance(new, str):
        return {}
    return {name: value for name, value in {**old, **new}.items() if value != ""}


def merged_options(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return the document's options over the old ones; an empty `options[document]` unsets them
    all.
    """
    if "document" not in new:
        return old
    if new["document"] == "":
        return {name: value for name, value in old.items() if name != "document"}
    return {**old, "document": {**old.get("document", {}), **new["document"]}}
