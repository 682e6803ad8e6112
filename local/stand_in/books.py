"""What one account has of payments, and the events by which it says that something has changed."""

from dataclasses import dataclass
from typing import Any

from local.stand_in import accounts, events, installs
from local.stand_in.backend import Backend
from local.stand_in.events import AUTOMATIC, Cause, Source

_READ_WITH = {
    "payment_intent": "payment_intent_read",
    "charge": "charge_read",
    "radar.early_fraud_warning": "charge_read",
    "refund": "charge_read",
    "dispute": "dispute_read",
    "review": "review_read",
}
"""The permission to read each object: its events come with that and `event_read`
(docs.stripe.com/stripe-apps/events).
"""


@dataclass(frozen=True)
class Books:
    """The objects of one account, by kind and id; `cause` is what changes are made by. Beside an
    object, what Stripe does not show of it can be kept.
    """

    backend: Backend
    account: str
    cause: Cause = AUTOMATIC

    def now(self) -> int:
        """Return Unix seconds."""
        return int(self.backend.now())

    def find(self, kind: str, identifier: str | None) -> dict[str, Any] | None:
        """Return an object of the account; that of another account is not found."""
        stored = self.backend.store.get(kind, identifier) if identifier else None
        if stored is None or stored["account"] != self.account:
            return None
        found: dict[str, Any] = stored["object"]
        return found

    def hidden(self, kind: str, identifier: str) -> dict[str, Any]:
        """Return what is kept beside an object, and Stripe does not show."""
        stored = self.backend.store.get(kind, identifier) or {}
        return {name: value for name, value in stored.items() if name not in ("account", "object")}

    def put(self, kind: str, made: dict[str, Any], **hidden: Any) -> dict[str, Any]:
        """Keep an object of the account, and return it."""
        known = self.backend.store.get(kind, made["id"]) or {}
        entry = known | {"account": self.account, "object": made} | hidden
        self.backend.store.put(kind, made["id"], entry)
        return made

    def tell(self, type_: str, subject: dict[str, Any]) -> None:
        """Send an event of this type about an object as it is now."""
        if self.account == accounts.OWN.id:
            events.emit(self.backend, type_, subject, self.cause)
            return
        needed = {"event_read", _READ_WITH[subject["object"]]}
        is_owed = needed <= installs.granted(self.backend, self.account)
        source = Source(self.account, livemode=False)
        events.emit_connected(self.backend, type_, subject, self.cause, source, is_owed=is_owed)
