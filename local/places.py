"""Where things lie on disk: the project, the tools' environments, and one run's own folder."""

import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.errors import LocalError

PROJECT = Path(__file__).absolute().parents[1]


class NotSetUpError(LocalError):
    """A tool's environment is missing; the message says how to make it."""


@dataclass(frozen=True)
class Places:
    """The paths of one run: `home` is its own, so that two runs can be side by side."""

    project: Path
    home: Path

    @property
    def template(self) -> Path:
        return self.project / "template.yaml"

    @property
    def shared(self) -> Path:
        """The folder whose tools and builds every run of this project may use."""
        return self.project / ".local"

    @property
    def state(self) -> Path:
        return self.home / "state"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def sam(self) -> Path:
        return self._tool("sam", "sam")

    @property
    def ministack_python(self) -> Path:
        return self._tool("ministack", "python")

    def _tool(self, environment: str, program: str) -> Path:
        path = self.shared / environment / "bin" / program
        if not path.exists():
            raise NotSetUpError(f"{path} is missing: run `make run`, which installs it")
        return path

    def make(self) -> None:
        """Create the run's own folders, readable by this user alone."""
        for folder in (self.home, self.state, self.logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def find_places(environ: Mapping[str, str], project: Path = PROJECT) -> Places:
    """Return the places of a run; `COUNTERSIGN_LOCAL_DIR` moves its folder out of the project."""
    home = environ.get("COUNTERSIGN_LOCAL_DIR") or project / ".local"
    return Places(project, Path(home).absolute())


def lambda_architecture(machine: str = "") -> str:
    """Lambda's name for a machine as `platform.machine()` calls it (this one, when empty)."""
    arm = (machine or platform.machine()).lower() in ("arm64", "aarch64")
    return "arm64" if arm else "x86_64"


def python_minor(python: Path) -> str:
    """Return an interpreter's version as `3.12`; the handlers run on the emulator's own."""
    script = "import sys; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run(
        [python, "-c", script], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    return answer.stdout.strip()
