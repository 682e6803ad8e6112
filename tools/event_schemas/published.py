"""The schemas that are published: the files in `schemas/`, one for each version of each event.

They say what consumers were promised. A version's file may gain members and is never written over
by what would break a consumer: that is a new version, with a file of its own beside the old
(docs/decisions.md#a-published-schema-only-grows).
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.event_schemas.breaks import find_breaks
from tools.event_schemas.json_schema import Schema, Shape, schema_of

_FILE = re.compile(r"(?P<type>[a-z_]+\.[a-z_]+)\.v(?P<version>[1-9]\d*)\.json")


def text_of(schema: Schema) -> str:
    """Return a schema as its file has it."""
    return json.dumps(schema, indent=2) + "\n"


def find_broken_promises(folder: Path, shapes: Iterable[Shape]) -> Iterator[str]:
    """Yield what the events no longer keep of what was published, and what to do about it."""
    newest = _newest_versions(folder)
    by_type = {shape.type: shape for shape in shapes}
    for type_, version in newest.items():
        if type_ not in by_type:
            yield (
                f"{type_} was published and is not told any more. Tell it again, or remove "
                f"schemas/{type_}.v*.json and say in CHANGELOG.md that it is gone."
            )
        elif by_type[type_].version < version:
            yield (
                f"{type_} was published as version {version}, and the catalog says "
                f"{by_type[type_].version}. Raise the version in the catalog."
            )
        elif by_type[type_].version == version:
            yield from _broken_by(folder, by_type[type_])


def _broken_by(folder: Path, shape: Shape) -> Iterator[str]:
    published = json.loads((folder / shape.file_name).read_text("utf-8"))
    for broken in find_breaks(published, schema_of(shape)):
        yield (
            f"{shape.type}: {broken}. This would break its consumers. Take the change back, or "
            f"raise the event's version in the catalog to {shape.version + 1}."
        )


def _newest_versions(folder: Path) -> dict[str, int]:
    found = sorted(
        (match["type"], int(match["version"]))
        for path in folder.glob("*.json")
        if (match := _FILE.fullmatch(path.name))
    )
    return dict(found)
