"""`docs/errors.md`: every code with its status, its meaning and its remedy, from the one table."""

import tomllib
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path
from typing import NotRequired, TypedDict

from tools.papers.client_codes import client_codes
from tools.papers.known_names import PACKAGE
from tools.papers.markdown import Finding
from tools.papers.tables import code, note, table
from tools.problem_codes import problem_codes

TABLE = PACKAGE / "problem_codes.toml"
PAGE = "docs/errors.md"
GATEWAY, CLIENT = "gateway", "browser_module"
"""The groups of what is no code of a function's."""

_HEAD = """
# Errors

A refusal is a problem object ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) of the type
`application/problem+json`:

```json
{
  "type": "about:blank",
  "title": "Unprocessable Content",
  "status": 422,
  "detail": "/email: is not a member of this request",
  "code": "invalid_request",
  "errors": [{ "pointer": "/email", "message": "is not a member of this request" }]
}
```

Decide by `code`: it is stable, and its status is the same each time. `detail` is for developers,
and its words may change. `errors` is there for wrong members alone; `pointer` is a JSON Pointer
([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)) into the body, and empty for the body as a
whole. Where it makes sense to wait, the header `Retry-After` says how many seconds.

A person who opens an address of ours, or comes back from Stripe to one, is shown a page with the
same status instead.
"""


class Entry(TypedDict):
    """What is said of one code; one of the browser module has no status."""

    status: NotRequired[int]
    meaning: str
    remedy: str


class Group(TypedDict):
    """The codes of one capability, and what is true of all of them."""

    title: str
    about: str
    codes: dict[str, Entry]


@cache
def read_table(root: Path) -> dict[str, Group]:
    """The table of all codes, by capability."""
    found: dict[str, Group] = tomllib.loads((root / TABLE).read_text("utf-8"))
    return found


def error_page(root: Path) -> str:
    """The page as it should be."""
    sections = [_section(name, group) for name, group in read_table(root).items()]
    return note(f"`{TABLE}`") + _HEAD + "".join(sections)


def _section(name: str, group: Group) -> str:
    header = ["status", "code", "meaning", "what to do"]
    rows = [
        [str(entry.get("status", "")), code(key), entry["meaning"], entry["remedy"]]
        for key, entry in group["codes"].items()
    ]
    left_out = {GATEWAY: 1, CLIENT: 0}.get(name)
    if left_out is not None:
        rows = [[cell for place, cell in enumerate(row) if place != left_out] for row in rows]
        del header[left_out]
    return f"\n## {group['title']}\n\n{group['about'].strip()}\n\n{table(header, rows)}"


def check_table(root: Path, said: Mapping[str, int] | None = None) -> Iterator[Finding]:
    """Compare the table with the code in both directions; `said` is what the functions say."""
    said = problem_codes() if said is None else said
    groups = read_table(root)
    listed = [
        (key, entry.get("status"))
        for name, group in groups.items()
        for key, entry in group["codes"].items()
        if name not in (GATEWAY, CLIENT)
    ]
    yield from _differing("", said.keys(), {key for key, _ in listed})
    for key, status in listed:
        if key in said and said[key] != status:
            yield Finding(str(TABLE), 1, f"{key} has the status {said[key]}, not {status}")
    yield from _differing("client.js: ", client_codes(root), groups[CLIENT]["codes"].keys())


def _differing(where: str, said: AbstractSet[str], listed: AbstractSet[str]) -> Iterator[Finding]:
    for key in sorted(said - listed):
        yield Finding(str(TABLE), 1, f"{where}{key} is a code without an entry: say what it means")
    for key in sorted(listed - said):
        yield Finding(str(TABLE), 1, f"{where}{key} is no code any more: remove its entry")
