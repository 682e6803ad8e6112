"""Verification reports: what one completed check found
(docs.stripe.com/api/identity/verification_reports/object).
"""

from typing import Any

from local.stand_in.backend import Backend
from local.stand_in.ids import new_id
from local.stand_in.outcomes import last_error

_FIRST_NAME, _LAST_NAME = "Jenny", "Rosen"
_BORN = {"day": 1, "month": 1, "year": 1990}
_ADDRESS = {
    "city": "San Francisco",
    "country": "US",
    "line1": "1234 Main St.",
    "line2": None,
    "postal_code": "94111",
    "state": "CA",
}
# What a section still says once it is redacted.
_IMPERSONAL = {"error", "status", "type"}
_SECTIONS = ("document", "selfie", "id_number", "email", "phone")


def make(backend: Backend, stored: dict[str, Any], failure: str | None) -> str:
    """Store the report of a check, passed or failed with a code, and return its id."""
    session = stored["object"]
    options = session["options"]
    identifier = new_id("vr")
    report = {
        "id": identifier,
        "object": "identity.verification_report",
        "client_reference_id": session["client_reference_id"],
        "created": int(backend.now()),
        "livemode": False,
        "options": {name: options[name] for name in ("document", "id_number") if name in options},
        "type": session["type"],
        "verification_flow": session["verification_flow"],
        "verification_session": session["id"],
        **_sections(session, stored["details"] or {}, failure),
    }
    backend.store.put("report", identifier, report)
    return identifier


def redact(backend: Backend, session_id: str) -> None:
    """Blank what says something about the person in every report of a session."""
    for identifier, report in backend.store.oldest_first("report"):
        if report["verification_session"] != session_id:
            continue
        report["client_reference_id"] = None
        for section in report.keys() & set(_SECTIONS):
            report[section] = {
                name: value if name in _IMPERSONAL else None
                for name, value in report[section].items()
            }
        backend.store.put("report", identifier, report)


def verified_outputs(details: dict[str, Any] | None) -> dict[str, Any]:
    """Return what Stripe's test mode says of everybody it verifies, sensitive members included."""
    details = details or {}
    return {
        "address": _ADDRESS,
        "dob": _BORN,
        "email": details.get("email"),
        "first_name": _FIRST_NAME,
        "id_number": None,
        "id_number_type": None,
        "last_name": _LAST_NAME,
        "phone": details.get("phone"),
        "sex": "female",
        "unparsed_place_of_birth": None,
        "unparsed_sex": "F",
    }


def _sections(
    session: dict[str, Any], details: dict[str, Any], failure: str | None
) -> dict[str, Any]:
    failed = _section_of(failure) if failure else None
    document = session["options"].get("document", {})
    wanted = {
        "document": session["type"] != "id_number",
        "selfie": bool(document.get("require_matching_selfie")),
        "id_number": session["type"] == "id_number" or bool(document.get("require_id_number")),
        "email": False,
        "phone": False,
    }
    return {
        name: {**_found(name, details), **_verdict(failure if name == failed else None)}
        for name in _SECTIONS
        if wanted[name] or name == failed
    }


def _section_of(code: str) -> str:
    """Return the check that a code names with its first words, else the document."""
    return next((name for name in _SECTIONS if code.startswith(f"{name}_")), "document")


def _verdict(failure: str | None) -> dict[str, Any]:
    if failure is None:
        return {"error": None, "status": "verified"}
    return {"error": last_error(failure), "status": "unverified"}


def _found(section: str, details: dict[str, Any]) -> dict[str, Any]:
    name = {"first_name": _FIRST_NAME, "last_name": _LAST_NAME}
    found: dict[str, dict[str, Any]] = {
        "document": {
            **name,
            "address": _ADDRESS,
            "dob": _BORN,
            "expiration_date": {"day": 1, "month": 12, "year": 2035},
            "files": [new_id("file"), new_id("file")],
            "issued_date": {"day": 1, "month": 12, "year": 2025},
            "issuing_country": "US",
            "number": "D1234567",
            "type": "driving_license",
        },
        "selfie": {"document": new_id("file"), "selfie": new_id("file")},
        "id_number": {**name, "dob": _BORN, "id_number": "0000", "id_number_type": "us_ssn"},
        "email": {"email": details.get("email")},
        "phone": {"phone": details.get("phone")},
    }
    return found[section]
