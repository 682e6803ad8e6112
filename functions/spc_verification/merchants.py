"""Which merchants may ask a payer for confirmations."""

from typing import Annotated

from ada_url import URL
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from calls import api, merchant_of, nothing, subject
from models import AllowMerchant, MerchantList, MerchantView, PayerHandle

from countersign.installs.desk import desk as installs_desk
from countersign.installs.installation import Installation
from countersign.installs.store import load_many
from countersign.return_url import check_return_url, is_plain
from countersign.settings import settings
from countersign.spc import payers
from countersign.spc.desk import desk
from countersign.stripe_keys import deployment_is_live


@api.post("/spc-payers", tags=["Payment confirmation"], status_code=201)
def allowmerchant_of(request: Annotated[AllowMerchant, Body()]) -> PayerHandle:
    """The caller's handle at a merchant, with which that one may ask for confirmations."""
    merchant = merchant_of(request.account_id)
    _check_return_to(request.return_to, merchant)
    handle = payers.handle_for(desk().table, subject(), merchant.account_id, desk().now())
    return PayerHandle(payer=handle, return_to=request.return_to)


@api.get("/spc-payers", tags=["Payment confirmation"])
def list_merchants() -> MerchantList:
    """The merchants that may ask the caller for confirmations, newest first."""
    found = payers.payers_of(desk().table, subject())
    known = load_many(installs_desk().table, [payer.account_id for payer in found])
    views = [_allowed(payer.account_id, known.get(payer.account_id), payer) for payer in found]
    return MerchantList(data=views, next_cursor=None)


@api.get("/spc-payers/<account_id>", tags=["Payment confirmation"])
def getmerchant_of(account_id: Annotated[str, Path(max_length=255)]) -> MerchantView:
    """Who a merchant is, before the caller allows it anything."""
    merchant = merchant_of(account_id)
    found = payers.payers_of(desk().table, subject())
    payer = next((entry for entry in found if entry.account_id == account_id), None)
    return _allowed(account_id, merchant, payer)


@api.delete("/spc-payers/<account_id>", tags=["Payment confirmation"], status_code=204)
def endmerchant_of(account_id: Annotated[str, Path(max_length=255)]) -> Response[str]:
    """End the caller's handle at a merchant."""
    payers.end(desk().table, subject(), account_id)
    return nothing()


def _allowed(
    account_id: str, merchant: Installation | None, payer: payers.Payer | None
) -> MerchantView:
    name, origin = merchant.payee(livemode=deployment_is_live()) if merchant else (None, None)
    return MerchantView(
        account_id=account_id,
        payee_name=name,
        payee_origin=origin,
        status="none" if payer is None or payer.status == "ended" else payer.status,
        created=payer.created if payer else None,
    )


def _check_return_to(url: str | None, merchant: Installation) -> None:
    """A page may go on to an allowed URL, or to any of the merchant's own checkout origins."""
    if url is None or (is_plain(url) and _origin_of(url) in merchant.checkout_origins):
        return
    check_return_url(url, settings().allowed_return_urls, "return_to")


def _origin_of(url: str) -> str:
    try:
        return str(URL(url).origin)
    except ValueError:
        return ""
