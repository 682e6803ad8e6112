"""A function's process as Lambda starts it: an environment, and nothing cached."""

from countersign import settings
from countersign.aws import secrets, table
from countersign.http import deadline
from countersign.identity import context as identity_desk
from countersign.installs import context as installs_desk
from countersign.spc import context as spc_desk
from countersign.step_up import context as step_up_desk
from countersign.stripe_api import calls


def forget_everything() -> None:
    """What a process keeps between invocations is gone, as at a cold start."""
    forget_settings()
    for cached in (table._client, secrets.secret, calls._client):
        cached.cache_clear()


def forget_settings() -> None:
    """The environment is read again; the clients, which take long to make, are kept."""
    desks = (identity_desk.desk, installs_desk.desk, spc_desk.desk, step_up_desk.desk)
    for cached in (settings.settings, *desks, table.table):
        cached.cache_clear()
    deadline.start(float("inf"))
