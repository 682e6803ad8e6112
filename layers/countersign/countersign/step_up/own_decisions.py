"""Leave out the decisions of earlier installations of an account, which are as if not there."""

from collections.abc import Sequence

from countersign.installs import store as installs
from countersign.installs.installation import Installation
from countersign.step_up.context import Contexts
from countersign.step_up.decision_record import DecisionRecord


def own_decisions(contexts: Contexts, records: Sequence[DecisionRecord]) -> list[DecisionRecord]:
    """Return the decisions that are of the installation that stands now, or whose account has none:
    then nobody but the operator can ask for them. Reads each account once.
    """
    accounts = {record.order.account_id for record in records}
    known = {name: installs.load(contexts.installs.table, name) for name in accounts}
    return [record for record in records if _is_own(known[record.order.account_id], record)]


def _is_own(installation: Installation | None, record: DecisionRecord) -> bool:
    stands = installation is not None and installation.stands
    return installation is None or not stands or record.belongs_to(installation)
