"""The rules and the catalog have the same events, and other items tell nothing."""

from typing import Any, get_args

import pytest

from countersign.domain_events.app_events import AppType
from countersign.domain_events.catalog import CATALOG
from countersign.domain_events.confirmation_events import ConfirmationType
from countersign.domain_events.credential_events import CredentialType
from countersign.domain_events.identity_events import IdentityType
from countersign.domain_events.payment_events import PaymentType
from countersign.domain_events.step_up_events import StepUpType
from countersign.domain_events.told import RULES, TableName, present, told

TABLES: tuple[TableName, ...] = get_args(TableName)
OTHERS = [
    "slot#1", "bucket#1", "return#1", "holder#1", "state#1", "pending#1", "wallet#1", "trust#1#-",
    "browser-key#1", "ticket#1", "used#1", "reference#1", "intent#1", "google-pay-token#1", "idempotency#1", "", "session",
]  # fmt: skip


def test_the_catalog_has_every_event_that_a_rule_can_tell_and_no_other() -> None:
    by_room = (
        IdentityType,
        AppType,
        CredentialType,
        ConfirmationType,
        StepUpType,
        PaymentType,
    )
    types = [name for each in by_room for name in get_args(each)]
    assert sorted(CATALOG) == sorted(types)
    assert len(types) == len(set(types))


def test_a_meaning_is_one_sentence() -> None:
    for kind in CATALOG.values():
        assert kind.meaning.endswith(".")
        assert kind.meaning.count(". ") == 0
        assert kind.version >= 1


def test_every_table_has_a_rule() -> None:
    assert RULES.keys() == set(TABLES)
    assert all(RULES.values())


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("pk", OTHERS)
def test_other_items_tell_nothing(table: TableName, pk: str) -> None:
    item: dict[str, Any] = {"pk": pk}
    assert told(table, None, item, 0) is None
    assert told(table, item, None, 0) is None
    assert present(table, item) is None


def test_a_key_means_what_its_table_says() -> None:
    """Both payment confirmation and step-up decisions keep payers."""
    known: dict[str, Any] = {"pk": "payer#1", "since": 1}
    assert told("step_up", None, known, 0) is None
    assert present("step_up", known) is None
