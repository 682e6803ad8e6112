"""Allow, list and remove the merchants that may ask a payer for confirmations."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from calls import api, nothing
from models import AllowMerchant, MerchantList, MerchantView, PayerHandle

from countersign.http.api import person_of
from countersign.http.return_url import check_return_url, is_plain
from countersign.installs import access
from countersign.installs.context import context as installs_context
from countersign.installs.installation import Installation
from countersign.installs.store import load_many
from countersign.settings import settings
from countersign.spc import payer_handles
from countersign.spc.context import context
from countersign.spc.payer_record import Payer


@api.post("/spc-payers", tags=["Payment confirmation"], status_code=201)
def allow_merchant(request: Annotated[AllowMerchant, Body()]) -> PayerHandle:
    """Allow a merchant to ask the caller for confirmations, and return the handle to ask with."""
    user = person_of(api).user
    merchant = access.require_merchant(installs_context(), request.account_id)
    _check_return_to(request.return_to, merchant)
    place = merchant.account_id, merchant.id
    handle = payer_handles.handle_for(context().table, user, *place, context().now())
    return PayerHandle(payer=handle, return_to=request.return_to)


@api.get("/spc-payers", tags=["Payment confirmation"])
def list_merchants(
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,10}\.acct_[A-Za-z0-9_]+$")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> MerchantList:
    """Return the merchants that the caller has allowed, newest first."""
    found, following = payer_handles.page_of(context().table, person_of(api).user, cursor, limit)
    known = load_many(installs_context().table, [payer.account_id for payer in found])
    views = [
        _view(merchant, payer)
        for payer in found
        if (merchant := known.get(payer.account_id)) and _is_of(payer, merchant)
    ]
    return MerchantList(data=views, next_cursor=following)


@api.get("/spc-payers/<account_id>", tags=["Payment confirmation"])
def get_merchant(account_id: Annotated[str, Path(max_length=255)]) -> MerchantView:
    """Return who a merchant is, before the caller allows it anything."""
    user = person_of(api).user
    merchant = access.require_merchant(installs_context(), account_id)
    payer = payer_handles.payer_at(context().table, user, account_id)
    return _view(merchant, payer if payer and _is_of(payer, merchant) else None)


@api.delete("/spc-payers/<account_id>", tags=["Payment confirmation"], status_code=204)
def end_merchant(account_id: Annotated[str, Path(max_length=255)]) -> Response[str]:
    """End the caller's handle at a merchant, which may ask for nothing with it from then on."""
    payer_handles.end(context().table, person_of(api).user, account_id, context().now())
    return nothing()


def _is_of(payer: Payer, merchant: Installation) -> bool:
    """Whether a handle is of the installation that stands: one of an earlier holder's is as if it
    were not there.
    """
    return merchant.stands and payer.installation == merchant.id


def _view(merchant: Installation, payer: Payer | None) -> MerchantView:
    name, origin = access.shown_payee(merchant)
    return MerchantView(
        account_id=merchant.account_id,
        payee_name=name,
        payee_origin=origin,
        status="none" if payer is None or payer.status == "ended" else payer.status,
        created=payer.created if payer else None,
    )


def _check_return_to(url: str | None, merchant: Installation) -> None:
    """Check that the page may go on to a URL: one that is allowed, or any page of the merchant's
    checkout origins. Raises 422 `return_to_not_allowed`.
    """
    if url is None:
        return
    of_merchant = any(
        url == origin or url.startswith((f"{origin}/", f"{origin}?"))
        for origin in merchant.checkout_origins
    )
    if not (of_merchant and is_plain(url)):
        check_return_url(url, settings().allowed_return_urls, "return_to")
