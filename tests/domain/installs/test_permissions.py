"""The permissions that the app asks for: one list, which the manifest has too."""

import json
from pathlib import Path

from countersign.installs.permissions import PERMISSIONS, missing_permissions

MANIFEST = Path(__file__).parents[3] / "examples" / "stripe-app.json"


def test_the_manifest_asks_for_just_what_the_code_needs_and_says_what_for() -> None:
    asked = json.loads(MANIFEST.read_text(encoding="utf-8"))["permissions"]
    assert sorted(entry["permission"] for entry in asked) == sorted(PERMISSIONS)
    assert all(entry["purpose"] for entry in asked)


def test_what_a_merchant_has_not_agreed_to_is_missing() -> None:
    assert missing_permissions(()) == list(PERMISSIONS)
    assert missing_permissions([*PERMISSIONS, "other_read"]) == []
    assert missing_permissions(set(PERMISSIONS) - {"event_read"}) == ["event_read"]
