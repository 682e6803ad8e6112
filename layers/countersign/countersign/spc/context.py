"""The context of Secure Payment Confirmation, which asks nothing of Stripe."""

from functools import cache
from urllib.parse import urlsplit

from countersign.aws.table import table
from countersign.context import UseCaseContext
from countersign.problems import Problem
from countersign.settings import settings

Context = UseCaseContext[None]


def relying_party(context: Context) -> tuple[str, str]:
    """Return the id and the name of the relying party; raises 500 `spc_misconfigured` without id.

    The id is the deployment's choice and never guessed: credentials are bound to it permanently.
    """
    if not context.settings.spc_rp_id:
        raise Problem(
            500,
            "spc_misconfigured",
            "This deployment has no relying party, so it cannot confirm payments. Set SPC_RP_ID.",
        )
    return context.settings.spc_rp_id, context.settings.spc_rp_name or context.settings.spc_rp_id


def may_register(context: Context, origin: str) -> bool:
    """Return whether a browser lets pages of an origin register for the relying party: the origin's
    host is the id or below it (WebAuthn Level 3, section 5.1.3, step 8).
    """
    host, rp_id = urlsplit(origin).hostname or "", context.settings.spc_rp_id
    return host == rp_id or host.endswith(f".{rp_id}")


@cache
def context() -> Context:
    """Return the context of this process."""
    return Context(table(settings().spc_table), None, settings())
