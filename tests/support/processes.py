"""A function's process as Lambda starts it: an environment, nothing cached, one `app.py` of its own."""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType

from countersign import deadline, secrets, settings, stripe_api, table
from countersign.identity import desk

FUNCTIONS = Path(__file__).parents[2] / "functions"


@cache
def load_function(name: str) -> ModuleType:
    """The `app.py` of a function, whose siblings (`models`, …) are its own although every function
    may use the same names.
    """
    folder = FUNCTIONS / name
    with _first_on_path(folder):
        spec = importlib.util.spec_from_file_location(f"functions_{name}_app", folder / "app.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    return module


def forget_everything() -> None:
    """What a process keeps between invocations is gone, as at a cold start."""
    forget_settings()
    for cached in (table._client, secrets.secret, stripe_api._client):
        cached.cache_clear()


def forget_settings() -> None:
    """The environment is read again; the clients, which take long to make, are kept."""
    for cached in (settings.settings, desk.desk, table.table):
        cached.cache_clear()
    deadline.start(float("inf"))


@contextmanager
def _first_on_path(folder: Path) -> Iterator[None]:
    """Imports find this folder first; the modules that came from it are private afterwards."""
    siblings = {path.stem for path in folder.glob("*.py")}
    hidden = {name: sys.modules.pop(name) for name in siblings & sys.modules.keys()}
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in siblings & sys.modules.keys():
            del sys.modules[name]
        sys.modules.update(hidden)
