"""The calls of payments: decision, proof and charge in one flow."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from models import ConfirmPayment, CreatePayment
from responses import confirmed, created
from views import ConfirmedPaymentView, CreatedPaymentView, PaymentList, PaymentView

from countersign.http.api import IdempotencyHeader, caller_of, create_api, idempotency_key_of
from countersign.http.edge import MERCHANT, OPERATOR, Caller
from countersign.http.idempotency import IdempotencyKey
from countersign.installs import access
from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.ask_again import ask_again
from countersign.payments.cancel_payment import cancel_payment
from countersign.payments.confirm_payment import confirm_payment
from countersign.payments.context import contexts
from countersign.payments.create_payment import create_payment
from countersign.payments.list_payments import Filter, list_payments
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.payment_view import view
from countersign.payments.read_payment import read_payment
from countersign.payments.refusals import payment_not_found
from countersign.payments.status import Status
from countersign.problems import Problem
from countersign.step_up.deployed_rules import deployed_rules

api = create_api()

PaymentId = Annotated[str, Path(description="A payment, `pay_…`.")]


@api.post("/payments", tags=["Payments"], status_code=201)
def create(
    request: Annotated[CreatePayment, Body()], idempotency_key: IdempotencyHeader = None
) -> CreatedPaymentView:
    """Create a payment, and decide on its card if one is named. Only one payment of a `reference`
    is open or paid. Needs an `Idempotency-Key`.
    """
    server = caller_of(api, MERCHANT)
    key = _required(idempotency_key_of(api, server.user, idempotency_key))
    installation = access.require_usable(_installs(), server.user, request.account_id)
    made = create_payment(
        contexts(),
        deployed_rules(),
        installation,
        request.order(installation),
        request.card(),
        key,
        replaces=request.replace,
    )
    return created(made)


@api.get("/payments", tags=["Payments"])
def list_all(
    account_id: Annotated[str | None, Query(min_length=1, max_length=255)] = None,
    status: Annotated[Status | None, Query()] = None,
    reference: Annotated[str | None, Query(min_length=1, max_length=255)] = None,
    from_: Annotated[int, Query(alias="from", ge=0, le=9_999_999_998)] = 0,
    to: Annotated[int, Query(ge=0, le=9_999_999_998)] = 9_999_999_998,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{10}\.pay_[A-Za-z0-9_-]{22}$")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> PaymentList:
    """List a merchant's payments, newest first, or as the operator those of all merchants."""
    caller = caller_of(api)
    installation = None
    if account_id is None:
        caller.require(OPERATOR)
    elif not caller.is_operator:
        caller.require(MERCHANT)
        installation = access.require_may_act(_installs(), caller.user, account_id)
    wanted = Filter(
        account_id, status, reference, from_, to, installation.id if installation else None
    )
    payments = contexts().payments
    found, following = list_payments(payments.table, wanted, cursor, limit, payments.now())
    data = [PaymentView.model_validate(view(record)) for record in found]
    return PaymentList(data=data, next_cursor=following)


@api.get("/payments/<payment_id>", tags=["Payments"])
def get(payment_id: PaymentId) -> PaymentView:
    """Read a payment with its steps, as its merchant or as the operator."""
    caller = caller_of(api)
    record = _load(payment_id)
    if not caller.is_operator:
        _installation(caller, record, usable=False)
    return PaymentView.model_validate(view(read_payment(contexts(), record)))


@api.post("/payments/<payment_id>/spc", tags=["Payments"])
def begin_spc(payment_id: PaymentId) -> CreatedPaymentView:
    """Ask the payer once more: the earlier confirmation is void. At most five times."""
    server = caller_of(api, MERCHANT)
    record = _load(payment_id)
    installation = _installation(server, record)
    return created(ask_again(contexts(), installation, record))


@api.post("/payments/<payment_id>/confirm", tags=["Payments"])
def confirm(
    payment_id: PaymentId,
    request: Annotated[ConfirmPayment, Body()],
    idempotency_key: IdempotencyHeader = None,
) -> ConfirmedPaymentView:
    """Pay with a card, or go on once the payer has acted. Needs an `Idempotency-Key`."""
    server = caller_of(api, MERCHANT)
    key = _required(idempotency_key_of(api, server.user, idempotency_key))
    record = _load(payment_id)
    installation = _installation(server, record)
    done = confirm_payment(
        contexts(),
        deployed_rules(),
        installation,
        record,
        request.card(),
        key,
        gives_up_spc=request.give_up_spc,
    )
    return confirmed(installation, done)


@api.post("/payments/<payment_id>/cancel", tags=["Payments"])
def cancel(payment_id: PaymentId) -> PaymentView:
    """Cancel a payment that is not captured; a hold on the card is released."""
    server = caller_of(api, MERCHANT)
    record = _load(payment_id)
    installation = _installation(server, record)
    canceled = cancel_payment(contexts(), installation, record, "merchant")
    return PaymentView.model_validate(view(canceled))


def _installs() -> Any:
    return contexts().decisions.installs


def _load(payment_id: str) -> PaymentRecord:
    record = store.load(contexts().payments.table, payment_id)
    if record is None:
        raise payment_not_found()
    return record


def _installation(caller: Caller, record: PaymentRecord, *, usable: bool = True) -> Installation:
    """Return the installation of a payment, for a caller that may act for it. Raises 404 for
    everybody else, and for a payment of an earlier installation.
    """
    caller.require(MERCHANT)
    may = access.require_usable if usable else access.require_may_act
    found = may(_installs(), caller.user, record.order.account_id, payment_not_found)
    if found.id != record.order.installation:
        raise payment_not_found()
    return found


def _required(key: IdempotencyKey | None) -> IdempotencyKey:
    if key is None:
        detail = "Send an Idempotency-Key, so that a repeated request pays once."
        raise Problem(400, "idempotency_key_required", detail)
    return key
