"""Tables in Markdown, and the note on top of a generated page."""

from collections.abc import Iterable, Mapping, Sequence


def note(sources: str) -> str:
    """The first lines of a generated page; `sources` says what to change instead."""
    return f"<!-- Written by `make papers` from {sources}. Do not edit it here. -->\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with a cell for each column in every row."""
    lines = [header, ["---"] * len(header), *rows]
    if any(len(line) != len(header) for line in lines):
        raise ValueError(f"a row of the table {header} has too many cells or too few")
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def fill_tables(page: str, text: str, tables: Mapping[str, str]) -> str:
    """Return a page with its tables made again, each between the two comments that name it."""
    for name, rows in tables.items():
        begin, end = f"<!-- {name}, written by `make papers` -->\n", f"<!-- end of {name} -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        if not after:
            raise RuntimeError(f"{page} has no place for {name}")
        text = f"{before}{begin}\n{rows}\n{end}{after}"
    return text


def code(text: str) -> str:
    """A text as it is typed."""
    return f"`{text}`" if text else ""


def _cell(text: str) -> str:
    return " ".join(text.replace("|", r"\|").split())
