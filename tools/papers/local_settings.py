"""What `make run` reads from its environment: it is given one that takes notes."""

from collections.abc import Iterator, Mapping
from functools import cache

from local.config import Settings, read_settings

OTHERS = {
    "PORT": "the port of the run",
    "CHROMIUM": "the browser of the tests: a program's path",
    "COUNTERSIGN_LOCAL_DIR": "the folder for all that a run stores",
    "PYTHON": "the Python that `make` sets the project up with",
}
"""Variables that set no parameter, and what each chooses."""
DEFAULTS = {
    "PORT": "`8000`",
    "CHROMIUM": "Chromium or Chrome on the path",
    "COUNTERSIGN_LOCAL_DIR": "`.local`",
    "PYTHON": "`python3`",
}
_MADE = {"GooglePayPrivateKeys": "a key pair that the first run makes"}
_ROOTS = {"GooglePayRootKeys": "Google's test keys, and the stand-in's own"}


class _Notes(Mapping[str, str]):
    """An empty environment that notes what it is asked for."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __getitem__(self, name: str) -> str:
        self.names.append(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@cache
def _read() -> tuple[Settings, tuple[str, ...]]:
    notes = _Notes()
    return read_settings(notes, "arm64"), tuple(dict.fromkeys(notes.names))


def variables_of_run() -> frozenset[str]:
    """Every variable that a local run reads."""
    return frozenset({*_read()[1], *OTHERS})


def parameter_of(variable: str) -> str:
    """The parameter that a variable sets: `STRIPE_APP_ID` is for `StripeAppId`."""
    return "".join(part.capitalize() for part in variable.split("_"))


def local_defaults() -> dict[str, tuple[str, str]]:
    """Each variable that sets a parameter: the parameter, and what holds without it."""
    settings, names = _read()
    values = dict(settings.values)
    values["GooglePayRecipientId"] = settings.google.recipient_id
    found = {}
    for name in names:
        parameter = parameter_of(name)
        said = {**_MADE, **_ROOTS}.get(parameter)
        value = values.get(parameter, "")
        shown = ", ".join(f"`{part}`" for part in value.split(",")) if value else "empty"
        if name not in OTHERS:
            found[name] = (parameter, said or shown)
    return found
