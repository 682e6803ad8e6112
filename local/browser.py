"""`python -m local.browser`: finds Chromium for the browser tests, and installs it on Debian."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from local.progress import complain, say
from local.setup import SetupError, install_debian_package

PROGRAMS = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
OS_RELEASE = Path("/etc/os-release")


def find_browser(environ: Mapping[str, str]) -> str | None:
    """Return the path of Chromium or Chrome: the one that `CHROMIUM` names, else one that is
    installed.
    """
    if named := environ.get("CHROMIUM"):
        return shutil.which(named)
    return next(filter(None, map(shutil.which, (*PROGRAMS, *APPLICATIONS))), None)


def need_browser(environ: Mapping[str, str]) -> str:
    """Return the browser's path, after installing it if possible.

    Raises SetupError with the command that would install it.
    """
    if (found := find_browser(environ)) is not None:
        return found
    if environ.get("CHROMIUM"):
        raise SetupError(f"CHROMIUM is {environ['CHROMIUM']}, which is not a program")
    if sys.platform == "darwin":
        raise SetupError("Chromium is missing: `brew install --cask chromium` installs it")
    if not is_debian():
        raise SetupError("Chromium is missing: install it, or set CHROMIUM to its path")
    install_debian_package("chromium", "Chromium")
    installed = find_browser(environ)
    if installed is None:
        raise SetupError("Chromium was installed, but is not on the path: set CHROMIUM to its path")
    return installed


def is_debian(os_release: Path = OS_RELEASE) -> bool:
    """Return whether this is Debian itself, since Ubuntu's package is a snap that needs systemd."""
    return os_release.exists() and "ID=debian" in os_release.read_text().splitlines()


def main() -> int:
    try:
        say(need_browser(os.environ))
    except SetupError as error:
        complain(f"setup: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
