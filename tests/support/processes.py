"""A function's process as Lambda starts it: an environment, and nothing cached."""

from countersign import settings
from countersign.aws import bucket, event_bus, network, secrets, table
from countersign.domain_events import context as domain_events_context
from countersign.http import deadline
from countersign.identity import context as identity_context
from countersign.installs import context as installs_context
from countersign.payments import context as payments_context
from countersign.payments import intent_marks
from countersign.spc import context as spc_context
from countersign.step_up import context as step_up_context
from countersign.stripe_api import clients as stripe_clients


def forget_everything() -> None:
    """What a process keeps between invocations is gone, as at a cold start."""
    forget_settings()
    clients = (table._client, event_bus._client, bucket._client, secrets._client)
    for cached in (*clients, network._session, secrets.secret, stripe_clients._connections):
        cached.cache_clear()


def forget_settings() -> None:
    """The environment is read again; the clients, which take long to make, are kept."""
    contexts = (
        identity_context.context,
        installs_context.context,
        spc_context.context,
        step_up_context.context,
        payments_context.context,
        intent_marks.context,
        domain_events_context.context,
    )
    for cached in (settings.settings, *contexts, table.table):
        cached.cache_clear()
    deadline.start(float("inf"))
