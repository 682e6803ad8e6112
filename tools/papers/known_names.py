"""What the project has by name: make's targets and variables, tests, rooms, parameters."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tools.papers.local_settings import variables_of_run
from tools.papers.template_file import functions_of, read_template

PACKAGE = Path("layers/countersign/countersign")
FOLDERS = (
    *("docs", "layers", "functions", "web", "local", "tests", "tools"),
    *("events", "examples", "bench", "requirements", "schemas", ".github"),
)
"""The folders that a path from the root begins with."""


@dataclass(frozen=True)
class KnownNames:
    """The names that a paper may use, read from the project at `root`."""

    root: Path

    @cached_property
    def _makefile(self) -> str:
        return (self.root / "Makefile").read_text("utf-8")

    @cached_property
    def targets(self) -> frozenset[str]:
        """What `make` can be asked for."""
        return frozenset(re.findall(r"^([a-z-]+):", self._makefile, re.MULTILINE))

    @cached_property
    def variables(self) -> frozenset[str]:
        """The variables that a make command reads, itself or in what it starts."""
        own = re.findall(r"\$\(([A-Z_]+)\)|^([A-Z_]+) \?=", self._makefile, re.MULTILINE)
        return frozenset(name for pair in own for name in pair if name) | variables_of_run()

    @cached_property
    def tests(self) -> frozenset[str]:
        """The names of all test functions."""
        texts = (path.read_text("utf-8") for path in (self.root / "tests").rglob("*.py"))
        return frozenset(name for text in texts for name in re.findall(r"def (test_\w+)", text))

    @cached_property
    def rooms(self) -> frozenset[str]:
        """The rooms of the package."""
        folders = (self.root / PACKAGE).glob("*/")
        return frozenset(path.name for path in folders if path.name != "__pycache__")

    def parameters(self, template: str = "template.yaml") -> frozenset[str]:
        """The parameters of a template, which are none where it is not there."""
        path = self.root / template
        return frozenset(read_template(path.parent)["Parameters"] if path.exists() else ())

    @cached_property
    def functions(self) -> frozenset[str]:
        """The functions by their names in the template."""
        return frozenset(functions_of(read_template(self.root)))

    def has_path(self, path: str) -> bool:
        """Whether there is such a file or folder, of which `*` may stand for a part."""
        return any(self.root.glob(path.strip("/")))

    def has_module_of_package(self, path: str) -> bool:
        """Whether the package has such a file, folder or module; `path` begins with a room."""
        return any(self.has_path(f"{PACKAGE}/{path.strip('/')}{end}") for end in ("", ".py"))

    def has_module(self, name: str) -> bool:
        """Whether `python -m name` runs a module of the project, or one from elsewhere."""
        if name.partition(".")[0] not in (*FOLDERS, "countersign"):
            return True
        base = "layers/countersign/" if name.startswith("countersign") else ""
        path = base + name.replace(".", "/")
        return self.has_path(f"{path}.py") or self.has_path(f"{path}/__main__.py")
