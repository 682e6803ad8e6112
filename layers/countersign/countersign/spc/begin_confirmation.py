"""Begin a confirmation: what the browser shows a payer of one payment, and what must come back.

Everything that the response is compared with is fixed here, in the form in which browsers write it.
"""

from typing import Any

from msgspec import Struct

from countersign.formats.money import check_amount, decimal_value
from countersign.problems import Invalid, Problem
from countersign.spc import ceremonies, credentials, payer_handles
from countersign.spc.context import Context, relying_party
from countersign.spc.payer_record import Payer
from countersign.spc.payment_ceremony import PaymentCeremony
from countersign.spc.payment_request import dialog
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.terms import Instrument, Logo, Terms, Total
from countersign.spc.refusals import unknown_payer
from countersign.spc.trust_record import Scope


class Merchant(Struct, frozen=True):
    """The merchant as its installation says, never as the request does: `installation` is its id,
    `payee_version` rises when the payee changes.
    """

    account_id: str
    installation: str
    payee_version: int
    payee_name: str | None
    payee_origin: str | None
    checkout_origins: tuple[str, ...]


class ConfirmationRequest(Struct, frozen=True):
    """What a merchant asks for; the amount is in Stripe's minor unit of the currency. `fingerprint`
    is Stripe's of the card, where the merchant names one.
    """

    payer: str
    amount: int
    currency: str
    instrument: Instrument
    logos: tuple[Logo, ...] = ()
    caller_origin: str | None = None
    top_origin: str | None = None
    fingerprint: str | None = None


class NoCredential(Exception):
    """The payer has nothing to confirm with, or has answered wrongly too often within the hour;
    3-D Secure is the way.
    """


def begin_confirmation(
    context: Context, merchant: Merchant, request: ConfirmationRequest
) -> dict[str, Any]:
    """Begin a ceremony and return what the dialog is to show.

    Raises `NoCredential` for a payer who has none that can answer, or is not to be asked now, 422
    `invalid_request` for an amount or an origin that is not possible, 404 `unknown_payer`, and 409
    `payee_missing` or `checkout_origins_missing` for a merchant that payers could not be shown.
    """
    check_amount(request.amount, request.currency)
    terms = _terms(context, merchant, request)
    payer = _payer(context, merchant, request)
    now = context.now()
    known = credentials.usable_of(context.table, payer.user)
    if not known or payer.is_paused(now):
        raise NoCredential
    ceremony = PaymentCeremony(
        id=ceremonies.new_id(),
        user=payer.user,
        began_at=now,
        ends_at=now + ceremonies.LIFETIME,
        scope=Scope(merchant.account_id, merchant.installation, request.fingerprint),
        payee_version=merchant.payee_version,
        payer=payer.handle,
        amount=request.amount,
        currency=request.currency,
        credentials={credential.id: credential.sign_count for credential in known},
        checkout_origins=merchant.checkout_origins,
        terms=terms,
    )
    ceremonies.begin(context.table, ceremony)
    return _dialog(ceremony)


def confirmation_dialog(
    context: Context, merchant: Merchant, request: ConfirmationRequest, ceremony_id: str
) -> dict[str, Any]:
    """Return what the dialog of a ceremony that was begun is to show. Raises 404 `unknown_payer`
    for a payer who has ended the handle since, and 409 `ceremony_already_used` or
    `ceremony_expired` once it is over, as by a change of the payee.
    """
    _payer(context, merchant, request)
    now = context.now()
    ceremony = ceremonies.load_again(context.table, PaymentCeremony, ceremony_id, now)
    if not ceremony.is_shown_by(merchant.installation, merchant.payee_version):
        raise Refused("ceremony_expired", 409)
    return _dialog(ceremony)


def _dialog(ceremony: PaymentCeremony) -> dict[str, Any]:
    shown = dialog(ceremony.id, ceremony.terms, ceremony.credentials, opt_out=True)
    return {"available": True, **shown}


def _payer(context: Context, merchant: Merchant, request: ConfirmationRequest) -> Payer:
    place = merchant.account_id, merchant.installation
    payer = payer_handles.find(context.table, request.payer, *place)
    if payer is None:
        raise unknown_payer()
    return payer


def _terms(context: Context, merchant: Merchant, request: ConfirmationRequest) -> Terms:
    if merchant.payee_name is None and merchant.payee_origin is None:
        raise Problem(
            409,
            "payee_missing",
            "The installation has no payee to show to payers. Set payee_name of the installation,"
            " or payee_origin and its proof.",
        )
    return Terms(
        challenges=(),
        rp_id=relying_party(context)[0],
        origins=_allowed(merchant, request.caller_origin, "/caller_origin"),
        top_origins=_allowed(merchant, request.top_origin, "/top_origin"),
        payee_name=merchant.payee_name,
        payee_origin=merchant.payee_origin,
        logos=request.logos,
        total=Total(decimal_value(request.amount, request.currency), request.currency.upper()),
        instrument=request.instrument,
    )


def _allowed(merchant: Merchant, origin: str | None, pointer: str) -> frozenset[str]:
    """Return the one origin that the merchant names, else all of its checkout origins."""
    if not merchant.checkout_origins:
        raise Problem(
            409,
            "checkout_origins_missing",
            "The merchant has no page to ask payers on. Set checkout_origins of the installation.",
        )
    if origin is None:
        return frozenset(merchant.checkout_origins)
    if origin not in merchant.checkout_origins:
        message = "is not one of the installation's checkout origins"
        raise Invalid([{"pointer": pointer, "message": message}])
    return frozenset({origin})
