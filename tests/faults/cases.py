"""Every fault there is: importing a module of faults adds its own to the registry."""

from tests.faults import (
    call_faults,
    clock_faults,
    delivery_faults,
    process_faults,
    publication_faults,
    reconciliation_faults,
    restore_faults,
    secret_faults,
)
from tests.faults.registry import CASES
from tests.faults.stage import Peer

_MODULES = (
    *(delivery_faults, call_faults, process_faults, secret_faults, publication_faults),
    *(reconciliation_faults, restore_faults, clock_faults),
)
ALL = tuple(
    sorted(CASES, key=lambda case: [m.__name__ for m in _MODULES].index(case.inject.__module__))
)
"""From what happens often to what happens never."""
SHORT = tuple(case for case in ALL if case.short)

FAULTY: dict[str, tuple[Peer, ...]] = {
    "SessionCreation": ("dynamodb", "secretsmanager", "stripe"),
    "InstallCallback": ("dynamodb", "stripe"),
    "WebhookReceipt": ("dynamodb", "secretsmanager", "stripe"),
    "EventPublication": ("dynamodb", "eventbridge"),
    "Reconciliation": ("dynamodb", "secretsmanager", "stripe"),
}
"""The functions that have a proxy before what they call."""
FAULTY_IN_SHORT: dict[str, tuple[Peer, ...]] = {
    "SessionCreation": ("stripe",),
    "WebhookReceipt": ("dynamodb",),
    "EventPublication": ("eventbridge",),
}
"""Those that the short run needs: each has to start again twice."""
