"""The capabilities whose objects a run reads, each with requests to Stripe at the run's pace."""

from collections.abc import Callable

from msgspec import Struct

from countersign.identity.context import Context as IdentityContext
from countersign.identity.context import context as identity_context
from countersign.installs.context import context as installs_context
from countersign.reconciliation.context import Pace, at_pace
from countersign.spc.context import context as spc_context
from countersign.step_up.context import Contexts
from countersign.step_up.context import context as step_up_context


class Rooms(Struct, frozen=True):
    """Identity, and step-up with what it stands on: installations and payers."""

    identity: IdentityContext
    step_up: Contexts


RoomsOf = Callable[[Pace], Rooms]


def process_rooms(pace: Pace) -> Rooms:
    """Return the capabilities of this process."""
    return Rooms(
        identity=at_pace(identity_context(), pace),
        step_up=Contexts(
            step_up=at_pace(step_up_context(), pace),
            installs=at_pace(installs_context(), pace),
            spc=spc_context(),
        ),
    )
