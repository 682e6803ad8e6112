"""`python -m tools.event_schemas`: writes `schemas/`, a JSON Schema for each domain event and
`events.d.ts`.

It refuses to write over a published schema what would break a consumer. `--check` writes nothing,
and also fails when a file is not what would be written.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.event_schemas.json_schema import Shape, schema_of
from tools.event_schemas.published import find_broken_promises, text_of
from tools.event_schemas.shapes import NoExample, read_shapes
from tools.event_schemas.typescript import declarations

FOLDER = Path(__file__).parents[2] / "schemas"


def files(shapes: Sequence[Shape]) -> dict[str, str]:
    """Return the files of `schemas/` by name, as they are to be."""
    schemas = {shape.file_name: text_of(schema_of(shape)) for shape in shapes}
    return schemas | {"events.d.ts": declarations(shapes)}


def find_stale(folder: Path, shapes: Sequence[Shape]) -> Iterator[str]:
    """Yield each file that is not what would be written."""
    for name, text in files(shapes).items():
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != text:
            yield f"schemas/{name} is out of date: run `make openapi`"


def main(arguments: Sequence[str], folder: Path = FOLDER) -> int:
    """Return the exit code."""
    try:
        shapes = read_shapes()
    except NoExample as error:
        found = [str(error)]
    else:
        found = [*find_broken_promises(folder, shapes)]
        if "--check" in arguments:
            found = found or [*find_stale(folder, shapes)]
        elif not found:
            _write(folder, shapes)
    for message in found:
        print(message, file=sys.stderr)
    return 1 if found else 0


def _write(folder: Path, shapes: Sequence[Shape]) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in files(shapes).items():
        (folder / name).write_text(text, "utf-8")
    print(f"wrote schemas/: {len(shapes)} events")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
