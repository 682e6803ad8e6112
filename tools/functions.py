"""A function's `app.py` as a module of its own, though every function has one of that name."""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType

FUNCTIONS = Path(__file__).parents[1] / "functions"


@cache
def load_function(name: str) -> ModuleType:
    """Return the `app.py` of a function, whose siblings (`models`, …) are its own although every
    function may use the same names.
    """
    folder = FUNCTIONS / name
    with _first_on_path(folder):
        spec = importlib.util.spec_from_file_location(f"functions_{name}_app", folder / "app.py")
        if spec is None or spec.loader is None:
            raise ImportError(f"there is no {folder / 'app.py'}")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    return module


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
