"""The line of a TOML document on which each key and each entry of a list stands, which `tomllib`
does not keep. Pure.

Works on documents that `tomllib` has read, so syntax errors are not looked for.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator

from countersign.step_up.rules.faults import Path

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'  # a string of several lines may end in quotes of its own
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}=,\n]"
    r"|[^\s\[\]{}=,\"'#]+",  # a bare key, or a value that is no text
    re.DOTALL,
)
_DEEPER = {"[": 1, "{": 1, "]": -1, "}": -1}
_Token = tuple[int, str]
"""With the line on which it begins."""


class Lines:
    """The lines of a document."""

    def __init__(self, text: str) -> None:
        self._rules = 0
        self._lines: dict[Path, int] = {}
        table: Path = ()
        for statement in _statements(text):
            tokens = [token for _, token in statement]
            if tokens[0] == "[":
                keys = _keys("".join(token for token in tokens if token not in _DEEPER))
                table = self._header(keys, is_array=tokens[1] == "[")
                self._note(table, statement[0][0])
                continue
            equals = tokens.index("=")
            path = (*table, *_keys("".join(tokens[:equals])))
            for inner, line in _inner(path, statement[equals + 1 :]):
                self._note(inner, line)

    def of(self, path: Path) -> int:
        """Return the line of a key, or of what it stands in; 1 for the document."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def _header(self, keys: Path, *, is_array: bool) -> Path:
        if keys[0] != "rule":
            return keys
        if is_array and len(keys) == 1:
            self._rules += 1
        return (keys[0], self._rules - 1, *keys[1:])

    def _note(self, path: Path, line: int) -> None:
        """A key of several parts is where the tables that it makes begin."""
        for length in range(1, len(path) + 1):
            self._lines.setdefault(path[:length], line)


def _statements(text: str) -> Iterator[list[_Token]]:
    """Yield the tokens of each header, and of each key with its value, without comments."""
    depth, line, found = 0, 1, list[_Token]()
    for token in _TOKEN.finditer(text):
        depth += _DEEPER.get(token[0], 0)
        if not token[0].startswith(("\n", "#")):
            found.append((line, token[0]))
        elif token[0] == "\n" and depth == 0 and found:
            yield found
            found = []
        line += token[0].count("\n")
    if found:
        yield found


def _inner(path: Path, tokens: Iterable[_Token]) -> Iterator[tuple[Path, int]]:
    """Yield the value of a path and all within it: the entries of lists, and the keys of tables."""
    depths, is_key = list[int](), False
    for line, piece in tokens:
        if piece in ("]", "}"):
            path, is_key = path[: depths.pop()], False
        elif piece == ",":
            at = path[depths[-1]]
            is_key = isinstance(at, str)
            path = (*path[: depths[-1]], "" if isinstance(at, str) else at + 1)
        elif piece == "=":
            path, is_key = (*path[:-1], *_keys(str(path[-1]))), False
        elif is_key:
            path = (*path[:-1], f"{path[-1]}{piece}")
        else:
            yield path, line
            if piece in ("[", "{"):
                depths.append(len(path))
                is_key = piece == "{"
                path = (*path, "" if is_key else 0)


def _keys(dotted: str) -> Path:
    if '"' not in dotted and "'" not in dotted:
        return tuple(part.strip() for part in dotted.split("."))
    value, keys = tomllib.loads(f"{dotted} = 0"), list[str]()
    while isinstance(value, dict):
        [(key, value)] = value.items()
        keys.append(key)
    return tuple(keys)
