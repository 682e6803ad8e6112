"""`/v1/identity/verification_reports` (docs.stripe.com/api/identity/verification_reports)."""

from typing import Any

from local.stand_in import expansions, lists
from local.stand_in.backend import Backend
from local.stand_in.calls import Call
from local.stand_in.errors import no_such

URL = "/v1/identity/verification_reports"

_FILTERS = ("client_reference_id", "type", "verification_session")


def retrieve(backend: Backend, call: Call) -> dict[str, Any]:
    wanted = expansions.check(call.expand, expansions.OF_REPORT, restricted=call.restricted)
    report = backend.store.get("report", call.ids["report"])
    if report is None:
        raise no_such("verification report", call.ids["report"], "report")
    return expansions.report(report, wanted)


def list_all(backend: Backend, call: Call) -> dict[str, Any]:
    expansions.check(call.expand, expansions.NONE, restricted=call.restricted)
    equal = {name: call.params[name] for name in _FILTERS if name in call.params}
    found = [
        expansions.report(report)
        for _, report in backend.store.newest_first("report")
        if lists.within(report["created"], call.params.get("created"))
        and all(report[name] == value for name, value in equal.items())
    ]
    return lists.page(found, call.params, url=URL, noun="verification report")
