"""On which line of a TOML document each key stands: `tomllib` does not tell. Pure.

Works on documents that `tomllib` has read, so that what can not stand there is not looked for.
"""

import re
import tomllib
from collections.abc import Iterator

Path = tuple[str | int, ...]
"""Keys from the top of the document, with the number of the rule (from 0) after `rule`."""

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'  # a string of several lines may end in quotes of its own
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}\n]",
    re.DOTALL,
)
_PART = r"""(?:"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[A-Za-z0-9_-]+)"""
_STATEMENT = re.compile(rf"\s*(\[?\[?)\s*({_PART}(?:[ \t]*\.[ \t]*{_PART})*)")


class Lines:
    """The lines of a document; `rules` counts the headers `[[rule]]`."""

    def __init__(self, text: str) -> None:
        self.rules = 0
        self._lines: dict[Path, int] = {}
        table: Path = ()
        for line, statement in _statements(text):
            if not (found := _STATEMENT.match(statement)):
                continue
            brackets, keys = found[1], _keys(found[2])
            if brackets:
                table = self._header(keys, is_array=brackets == "[[")
            self._note(table if brackets else (*table, *keys), line)

    def of(self, path: Path) -> int:
        """The line of a key, or of what it stands in; 1 for the document."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def _header(self, keys: Path, *, is_array: bool) -> Path:
        if keys[0] != "rule":
            return keys
        if is_array and len(keys) == 1:
            self.rules += 1
        return (keys[0], self.rules - 1, *keys[1:])

    def _note(self, path: Path, line: int) -> None:
        """A key of several parts is where the tables begin that it makes."""
        for length in range(1, len(path) + 1):
            self._lines.setdefault(path[:length], line)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each header, and each key with its value, with the line on which it begins."""
    start, depth, line, begun = 0, 0, 1, 1
    for token in _TOKEN.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        line += token[0].count("\n")
        if token[0] == "\n" and depth == 0:
            yield begun, text[start : token.start()]
            start, begun = token.end(), line
    yield begun, text[start:]


def _keys(dotted: str) -> Path:
    if '"' not in dotted and "'" not in dotted:
        return tuple(part.strip() for part in dotted.split("."))
    value, keys = tomllib.loads(f"{dotted} = 0"), list[str]()
    while isinstance(value, dict):
        [(key, value)] = value.items()
        keys.append(key)
    return tuple(keys)
