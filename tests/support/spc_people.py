"""Payers with their devices: what a browser sends back when it is asked to register a credential, or to
confirm a payment. Of use before the functions' own calls, and before the API's.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from countersign.spc import browsers, ceremonies, credentials, payer_handles, tickets
from countersign.spc.approve_browser import approve_browser
from countersign.spc.begin_approval import begin_approval
from countersign.spc.begin_confirmation import ConfirmationRequest, Merchant, begin_confirmation
from countersign.spc.begin_framed_registration import begin_framed_registration
from countersign.spc.begin_registration import begin_credential_registration
from countersign.spc.context import Context
from countersign.spc.create_ticket import create_ticket
from countersign.spc.credential_record import CredentialRecord
from countersign.spc.find_registration import own_registration, ticketed_registration
from countersign.spc.finish_confirmation import finish_confirmation
from countersign.spc.finish_registration import finish_credential_registration
from countersign.spc.framing import Framing
from countersign.spc.payment_ceremony import Confirmation, PaymentCeremony
from countersign.spc.protocol.authentication_response import parse_authentication_response
from countersign.spc.protocol.registration_response import (
    RegistrationResponse,
    parse_registration_response,
)
from countersign.spc.protocol.terms import Instrument
from countersign.spc.registration_ceremony import Registration
from countersign.spc.trust import Standing, earn, trust_in
from countersign.spc.trust_record import Scope, Trust
from countersign.spc.verdicts import Verdict, verdict
from tests.support.authenticator import ES256, Passkey, b64, unb64
from tests.support.chromium import Browser, Json, write
from tests.support.spc_payments import Edit, put, signing_key
from tests.support.visits import refusal

RP_ID, HOME = "pay.example", "https://pay.example"
SHOP, OTHER_SHOP = "https://shop.example", "https://www.shop.example"
USER, OTHER = "user_1", "user_2"
ACCOUNT, OTHER_ACCOUNT = "acct_1SQbakery", "acct_1SQbookshop"
ICON = "data:image/png;base64,iVBORw0KGgo="
FIRST = "first"
"""The id of an account's first installation."""
MERCHANT = Merchant(ACCOUNT, FIRST, 0, "Bakery", "https://bakery.example", (SHOP, OTHER_SHOP))
OTHER_MERCHANT = replace(MERCHANT, account_id=OTHER_ACCOUNT, payee_name="Bookshop")
FRAMING = Framing(ACCOUNT, FIRST, (SHOP, OTHER_SHOP))
CARD = Instrument("Visa 4242", ICON)
CARD_SCOPE = Scope(ACCOUNT, FIRST, "card-1")
"""A card at the bakery, by Stripe's fingerprint of it."""
NAMED = Instrument("The browser used today", f"{HOME}/icon.svg", False, "Nothing is charged.")
"""What an approval says of the browser that it is for."""
WRONG_TOTAL = put("payment", "total", "value", to="0.01")


def bound_browser(origin: str = SHOP, name: str = "browser", algorithm: int = ES256) -> Browser:
    """A browser that binds what it signs to itself, with the key of this name."""
    return Browser(origin, browser_key=signing_key(algorithm, name), grease=False)


def plain_browser(origin: str = SHOP, top_origin: str | None = None) -> Browser:
    """One that binds nothing, as on Linux."""
    return Browser(origin, top_origin, grease=False)


def body_of(browser: Browser, credential: Any, client_data: bytes) -> Json:
    """What a page sends after a browser has answered."""
    body = {"credential": credential}
    signature = browser.bound_signature(client_data)
    return body | ({"browser_bound_signature": signature} if signature else {})


def new_passkey(options: Json, **members: Any) -> Passkey:
    """The credential that an authenticator makes for these options."""
    return Passkey(
        **{"rp_id": options["rp"]["id"], "user_handle": unb64(options["user"]["id"])} | members
    )


def created(options: Json, passkey: Passkey, browser: Browser, edit: Edit | None = None) -> Json:
    """What a page sends after `create()`; `edit` changes the client data before it is signed."""
    members = browser.registration(options)
    if edit is not None:
        edit(members)
    client_data = write(members)
    return body_of(browser, passkey.register(client_data), client_data)


def approved(
    question: Json, passkey: Passkey, browser: Browser, edit: Edit | None = None, **answer: Any
) -> Json:
    """What a shop's page sends after the payer has approved."""
    members = browser.payment(question["request"], question["total"])
    if edit is not None:
        edit(members)
    client_data = write(members)
    return body_of(browser, passkey.answer(client_data, **answer), client_data)


# The same, all the way to the table.


def begun(context: Context, user: str = USER) -> Json:
    """A registration on our page."""
    return begin_credential_registration(context, user, HOME)


def finished(
    context: Context, question: Json, body: Mapping[str, Any], user: str = USER
) -> Registration:
    """The answer to a registration on our page."""
    ceremony = own_registration(context, user, question["ceremony_id"])
    return finish_credential_registration(context, ceremony, _created(body))


def ticket_for(
    context: Context, user: str = USER, framing: Framing = FRAMING, identified: bool = False
) -> str:
    """A registration ticket of a user's."""
    return str(create_ticket(context, user, framing, identified)[1]["ticket"])


def begun_with(context: Context, token: str, framing: Framing = FRAMING) -> Json:
    """A registration with a ticket, while the merchant is this one."""
    ticket = tickets.load(context.table, token, context.now())
    return begin_framed_registration(context, ticket, HOME, framing)


def finished_with(
    context: Context,
    token: str,
    question: Json,
    body: Mapping[str, Any],
    framing: Framing = FRAMING,
) -> Registration:
    """The answer to it."""
    ceremony = ticketed_registration(context, token, question["ceremony_id"])
    return finish_credential_registration(context, ceremony, _created(body), framing)


def _created(body: Mapping[str, Any]) -> RegistrationResponse:
    return parse_registration_response(body["credential"], body.get("browser_bound_signature"))


def registered(
    context: Context,
    user: str = USER,
    browser: Browser | None = None,
    *,
    identified: bool = False,
    **members: Any,
) -> Passkey:
    """A user's credential, registered in a browser that binds nothing unless the test says otherwise."""
    token = ticket_for(context, user, identified=True) if identified else None
    question = begun_with(context, token) if token else begun(context, user)
    passkey = new_passkey(question["publicKey"], **members)
    body = created(question["publicKey"], passkey, browser or plain_browser(HOME))
    if token:
        finished_with(context, token, question, body)
    else:
        finished(context, question, body, user)
    return passkey


def register(
    context: Context, edit: Edit | None = None, browser: Browser | None = None, **members: Any
) -> Registration:
    """Register with changed client data or a changed passkey."""
    question = begun(context)
    passkey = new_passkey(question["publicKey"], **members)
    body = created(question["publicKey"], passkey, browser or plain_browser(HOME), edit)
    return finished(context, question, body)


def handle_of(context: Context, user: str = USER, account_id: str = ACCOUNT) -> str:
    """The user's handle at a merchant."""
    return payer_handles.handle_for(context.table, user, account_id, FIRST, context.now())


def wanted(payer: str, **members: Any) -> ConfirmationRequest:
    """10.99 euros with a card, unless the test says otherwise."""
    plain = ConfirmationRequest(payer=payer, amount=1099, currency="eur", instrument=CARD)
    return replace(plain, **members)


def asked(
    context: Context,
    user: str = USER,
    merchant: Merchant = MERCHANT,
    **members: Any,
) -> Json:
    """A payment that this user is asked to confirm."""
    payer = handle_of(context, user, merchant.account_id)
    return begin_confirmation(context, merchant, wanted(payer, **members))


def answered(
    context: Context,
    question: Json,
    body: Mapping[str, Any],
    checkout_origins: Collection[str] = MERCHANT.checkout_origins,
) -> Confirmation:
    """The payer's answer to a payment, while the merchant has these checkout origins."""
    answer = parse_authentication_response(body["credential"], body.get("browser_bound_signature"))
    merchant = replace(MERCHANT, checkout_origins=tuple(checkout_origins))
    return finish_confirmation(context, ceremony_of(context, question), answer, merchant)


def confirmed(
    context: Context, passkey: Passkey, browser: Browser | None = None, user: str = USER
) -> Confirmation:
    """One payment that is asked for and confirmed."""
    question = asked(context, user)
    return answered(context, question, approved(question, passkey, browser or plain_browser()))


def key_id_of(name: str, algorithm: int = ES256) -> str:
    """The id of the browser with the key of this name."""
    return browsers.thumbprint(signing_key(algorithm, name).cose)


OLD, NEW = key_id_of("old"), key_id_of("new")
OLD_BROWSER = bound_browser(HOME, "old")


def all_stand(account_ids: Iterable[str]) -> dict[str, str]:
    """The installations of these accounts: the first of each stands."""
    return dict.fromkeys(account_ids, FIRST)


def identified(
    context: Context, user: str = USER, browser: Browser | None = None, **members: Any
) -> Passkey:
    """A credential that is registered while its owner was just identified: trusted everywhere in
    this browser, which binds nothing unless the test says otherwise.
    """
    return registered(context, user, browser, identified=True, **members)


def earned(context: Context, passkey: Passkey, browser: Browser, scope: Scope = CARD_SCOPE) -> bool:
    """A payment that is confirmed in a browser and whose card the issuer has challenged."""
    question = asked(context, fingerprint=scope.fingerprint)
    answered(context, question, approved(question, passkey, browser))
    return earn(context.table, ceremony_of(context, question), scope, context.now())


def used_in_two(context: Context, user: str = USER) -> Passkey:
    """A passkey that is trusted everywhere in the old browser, and was newly used in another."""
    passkey = identified(context, user, OLD_BROWSER)
    confirmed(context, passkey, bound_browser(name="new"), user)
    return passkey


def asked_to_approve(
    context: Context, passkey: Passkey, key_id: str = NEW, standing: Standing = all_stand
) -> Json:
    """The owner of a passkey is asked on the wallet's page whether one of its browsers is theirs."""
    return begin_approval(context, stored(context, passkey), key_id, HOME, NAMED, standing)


def approval(
    context: Context,
    question: Json,
    body: Mapping[str, Any],
    passkey: Passkey,
    key_id: str = NEW,
    standing: Standing = all_stand,
) -> CredentialRecord:
    """Their answer, given for this browser of this passkey."""
    answer = parse_authentication_response(body["credential"], body.get("browser_bound_signature"))
    return approve_browser(
        context, stored(context, passkey), key_id, question["ceremony_id"], answer, standing
    )


def wrongly(context: Context, question: Json, passkey: Passkey, edit: Edit = WRONG_TOTAL) -> str:
    """The code of an answer over other client data."""
    return refusal(
        answered, context, question, approved(question, passkey, plain_browser(), edit)
    ).code


# What is stored then.


def ceremony_of(context: Context, question: Json) -> PaymentCeremony:
    """A payment's ceremony as it is stored."""
    return ceremonies.load(context.table, PaymentCeremony, question["ceremony_id"])


def verdict_of(context: Context, question: Json) -> Verdict:
    """The verdict of a payment, as the merchant reads it."""
    return verdict(ceremony_of(context, question), context.now())


def stored(context: Context, passkey: Passkey) -> CredentialRecord:
    """A credential as it is stored."""
    found = credentials.load_credential(context.table, b64(passkey.id))
    assert found is not None, "it is not stored"
    return found


def trust_of(context: Context, passkey: Passkey, key_id: str | None) -> Trust:
    """What a credential is trusted for in the browser with this key."""
    return trust_in(context.table, stored(context, passkey), key_id)


def browsers_of(context: Context, passkey: Passkey) -> list[str]:
    """The status of every browser of a credential."""
    known = stored(context, passkey).browsers
    found = [bool(trust_of(context, passkey, key_id)) for key_id in known]
    return sorted("trusted" if is_trusted else "pending" for is_trusted in found)
