"""A process that is killed at a chosen step of its work with the table and with Stripe."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from msgspec.structs import replace

from countersign.context import UseCaseContext

TABLE_CALLS = ("get", "get_many", "put", "update", "delete", "transact")
STRIPE_CALLS = (
    "create", "retrieve", "update", "cancel", "redact", "list", "account", "installs", "uninstall",
    "payment_method", "confirmation_token", "payment_intent", "events",
)  # fmt: skip

AnyContext = TypeVar("AnyContext", bound=UseCaseContext[Any])


class Killed(BaseException):
    """The process is gone: no handler of `Exception` runs, and nothing it still tries works."""


class Fuse:
    """Burns down at the n-th call; `after` lets that call happen, though nobody hears of it."""

    def __init__(self, step: int, *, after: bool) -> None:
        self._left, self._after = step, after
        self.blown = False
        self.at = ""

    def pass_through(self, name: str, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Make a call, unless the process dies before it."""
        if self.blown:
            raise Killed
        self._left -= 1
        if self._left > 0:
            return call(*args, **kwargs)
        self.blown = True
        self.at = f"{'after' if self._after else 'before'} {name}"
        if self._after:
            call(*args, **kwargs)
        raise Killed


class Fused:
    """Something whose calls go through a fuse."""

    def __init__(self, inner: Any, fuse: Fuse, calls: tuple[str, ...], label: str) -> None:
        self._inner, self._fuse, self._calls, self._label = inner, fuse, calls, label

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in self._calls:
            return found
        label = f"{self._label}.{name}"
        return lambda *args, **kwargs: self._fuse.pass_through(label, found, *args, **kwargs)


def fused(context: AnyContext, fuse: Fuse) -> AnyContext:
    """The same context in a process that dies when the fuse has burnt down."""
    table: Any = Fused(context.table, fuse, TABLE_CALLS, "table")
    stripe: Any = Fused(context.stripe, fuse, STRIPE_CALLS, "stripe")
    return replace(context, table=table, stripe=stripe)


def every_crash(work: Callable[[Fuse], object]) -> Iterator[str]:
    """Run `work` again and again, killed before and after each of its calls in turn, and yield where;
    ends with the first step that the work does not reach. The caller looks at what is left each time.
    """
    for after in (False, True):
        for step in range(1, 1000):
            fuse = Fuse(step, after=after)
            try:
                work(fuse)
            except Killed:
                yield fuse.at
                continue
            assert not fuse.blown, f"the process survived being killed {fuse.at}"
            assert step > 1, "there was nothing to kill"
            break


class FuseAt(Fuse):
    """Burns down at the first call of a name, at a place such as `after stripe.create`."""

    def __init__(self, place: str) -> None:
        when, _, self._name = place.partition(" ")
        super().__init__(1, after=when == "after")

    def pass_through(self, name: str, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Make a call, unless the process dies before it."""
        if name != self._name and not self.blown:
            return call(*args, **kwargs)
        return super().pass_through(name, call, *args, **kwargs)
