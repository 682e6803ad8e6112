"""Members of a JSON object, each of the type that it must have. Pure."""

from typing import Any


def members_of(value: Any) -> dict[str, Any]:
    """Return a JSON object; raises `ValueError` for any other value."""
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def text(members: dict[str, Any], name: str) -> str:
    """Return a member that must be a string; raises `ValueError`."""
    value = members.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} is not a string")
    return value


def optional_text(members: dict[str, Any], name: str) -> str | None:
    """Return a member that may be absent, which is not the same as null; raises `ValueError`."""
    return text(members, name) if name in members else None


def flag(members: dict[str, Any], name: str) -> bool:
    """Return a boolean member, false where it is absent; raises `ValueError`."""
    value = members.get(name, False)
    if not isinstance(value, bool):
        raise ValueError(f"{name} is not a boolean")
    return value
