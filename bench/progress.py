"""A bar that moves: how much is done, how quickly, and for how long."""

import sys
import time

_WIDTH = 30


class Bar:
    """The progress of one long part; on no terminal, a line for every tenth."""

    def __init__(self, name: str, total: int) -> None:
        self.name, self.total = name, max(1, total)
        self.done = 0
        self._began, self._shown = time.monotonic(), 0.0
        self._tenths = -1

    def set(self, done: int) -> None:
        """Show that so much is done."""
        self.done = done
        now = time.monotonic()
        if sys.stdout.isatty():
            if now - self._shown > 0.2:
                self._shown = now
                sys.stdout.write(f"\r{self.line()}\x1b[K")
                sys.stdout.flush()
        elif (tenths := 10 * done // self.total) > self._tenths:
            self._tenths = tenths
            print(self.line(), flush=True)

    def end(self) -> float:
        """Show the last state, and return the seconds that it took."""
        took = time.monotonic() - self._began
        if sys.stdout.isatty():
            sys.stdout.write(f"\r{self.line()}\x1b[K\n")
            sys.stdout.flush()
        return took

    def line(self) -> str:
        """Return the bar as one line of text."""
        took = time.monotonic() - self._began
        part = min(1.0, self.done / self.total)
        bar = "#" * round(part * _WIDTH)
        rate = self.done / took if took else 0
        return (
            f"{self.name:<24} [{bar:<{_WIDTH}}] {part:4.0%}  {self.done:,} of {self.total:,}"
            f"  {rate:,.0f}/s  {took // 60:.0f}:{took % 60:02.0f}"
        )
