"""Weigh an order: gather the evidence for it, and decide on that."""

from dataclasses import dataclass, replace

from countersign.google_pay.assurance import Assurance
from countersign.google_pay.payload import SignedCard
from countersign.installs import access
from countersign.installs.installation import Installation
from countersign.installs.read_country import country_of
from countersign.spc import credentials, payer_handles, trust
from countersign.spc.context import Context as SpcContext
from countersign.spc.payer_record import Payer as PayerRecord
from countersign.spc.refusals import unknown_payer
from countersign.spc.trust_record import Scope
from countersign.step_up import store
from countersign.step_up.context import Contexts
from countersign.step_up.decision_record import DecidedOrder
from countersign.step_up.evidence import Evidence, Surroundings, weigh_evidence
from countersign.step_up.evidence_sources import read_card_at_stripe
from countersign.step_up.order import Order
from countersign.step_up.policy import NOBODY, Payer
from countersign.step_up.read_saving import read_saving
from countersign.step_up.reasons import Reason
from countersign.step_up.rules import Rule, RuleBook
from countersign.step_up.rules.payment import Payment
from countersign.step_up.strictness import Strictest, decide_strictest


@dataclass(frozen=True, slots=True)
class WeighedOrder:
    """The evidence for an order, and what was decided on it."""

    evidence: Evidence
    decided: DecidedOrder


def weigh_order(
    contexts: Contexts,
    book: RuleBook,
    installation: Installation,
    order: Order,
    signed: SignedCard | None,
) -> WeighedOrder:
    """Return what is decided on a signed card, if there is one, and on all else that is known.
    Stores nothing.
    """
    table, spc = contexts.step_up.table, contexts.spc
    payer = _known_payer(spc, installation, order)
    at_stripe = read_card_at_stripe(contexts.step_up, contexts.installs, installation, order)
    has_paid = payer is not None and store.load_payer(
        table, order.account_id, installation.id, payer.handle
    )
    country = country_of(contexts.installs, installation)
    around = Surroundings(country, first_seen=not has_paid)
    evidence = weigh_evidence(order, signed, at_stripe, around)
    fingerprint = at_stripe.fingerprint if at_stripe else None
    able = ability_to_confirm(spc, installation, payer, fingerprint) if payer else NOBODY
    found = decide_strictest(book, evidence.views, able)
    method = order.payment_method if order.off_session else None
    if found.decision.outcome == "review" and method is not None:
        saving = read_saving(contexts, installation, method)
        evidence = weigh_evidence(order, signed, at_stripe, replace(around, saving=saving))
        found = decide_strictest(book, evidence.views, able)
    found = _as_reviewed(book, evidence, able, found)
    return WeighedOrder(evidence, decided_order(book, installation, order, evidence, found))


def _as_reviewed(book: RuleBook, evidence: Evidence, able: Payer, found: Strictest) -> Strictest:
    """Return a decision to review with the view of the payment on which the end of its review will
    require most, and any other decision as it is.
    """
    if found.decision.outcome != "review":
        return found
    at_end = RuleBook((Rule("review", "proceed"),), book.default, book.version)
    return replace(found, view=decide_strictest(at_end, evidence.views, able).view)


def _known_payer(
    context: SpcContext, installation: Installation, order: Order
) -> PayerRecord | None:
    """Return the payer that an order names. Raises 404 `unknown_payer`."""
    if order.payer is None:
        return None
    place = order.account_id, installation.id
    payer = payer_handles.known_at(context.table, order.payer, *place)
    if payer is None or payer.status == "ended":
        raise unknown_payer()
    return payer


def ability_to_confirm(
    context: SpcContext, installation: Installation, payer: PayerRecord, fingerprint: str | None
) -> Payer:
    """Return whether the payer can confirm: with a credential, not after too many wrong responses,
    and where the merchant has a name and pages to show them; and whether they have something
    trusted for the card with this fingerprint.
    """
    is_shown = any(access.shown_payee(installation)) and bool(installation.checkout_origins)
    if not (is_shown and payer.status == "active") or payer.is_paused(context.now()):
        return NOBODY
    if not credentials.usable_of(context.table, payer.user):
        return NOBODY
    scope = Scope(installation.account_id, installation.id, fingerprint)
    return Payer(can_confirm=True, has_trusted=trust.has_trusted(context.table, payer.user, scope))


def decided_order(
    book: RuleBook,
    installation: Installation,
    order: Order,
    evidence: Evidence,
    found: Strictest,
) -> DecidedOrder:
    """Return an order with its decision."""
    decision, view, terms = found.decision, found.view, found.decision.terms
    looked_at = sorted(book.metadata_keys & view.metadata.keys())
    return DecidedOrder(
        account_id=order.account_id,
        installation=installation.id,
        amount=order.amount,
        currency=order.currency,
        payer=order.payer,
        outcome=decision.outcome,
        next=decision.next,
        reasons=(*decision.reasons, *_about_claims(evidence, found)),
        rule=decision.rule,
        rules_version=book.version,
        evidence=view.evidence,
        methods=decision.methods,
        auth_method=view.auth_method,
        assurance=evidence.assurance or _claimed_assurance(evidence, view),
        request_three_d_secure=terms.request_three_d_secure,
        after_confirmation=terms.after_confirmation,
        captures=terms.captures,
        captures_after_confirmation=terms.captures_after_confirmation,
        card=evidence.card,
        # No rule needs the rest of the metadata, and it may name people: it is not kept.
        inputs=replace(view, metadata={name: view.metadata[name] for name in looked_at}),
    )


def _claimed_assurance(evidence: Evidence, view: Payment) -> Assurance | None:
    """Return what the browser says of the cardholder, where that was looked at."""
    is_looked_at = view.evidence == "claimed" or view.assurance == "partial"
    return evidence.claims.assurance if is_looked_at else None


def _about_claims(evidence: Evidence, found: Strictest) -> list[Reason]:
    """Return the reasons that lie in what is claimed."""
    known, view = evidence.known, found.view
    is_denied = known.is_proved and view.assurance == "partial"
    is_blank = known.evidence == "none" and evidence.claims.is_about_card
    reasons: dict[Reason, bool] = {
        "signed_assurance_denied": is_denied,
        "claim_raises": found.is_raised and not is_denied and _differ_in_claims(known, view),
        "claim_set_aside": is_blank and view.evidence == "none",
    }
    named = [reason for reason, applies in reasons.items() if applies]
    return [*evidence.contradictions, *named]


def _differ_in_claims(known: Payment, view: Payment) -> bool:
    """Whether the view has something that the browser claims."""
    return replace(view, acquirer_country=known.acquirer_country, saved=known.saved) != known
