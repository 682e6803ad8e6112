"""Weigh an order: gather the evidence for it, and decide on that."""

from msgspec import Struct
from msgspec.structs import replace

from countersign.google_pay.assurance import Assurance
from countersign.google_pay.payload import SignedCard
from countersign.installs.installation import Installation
from countersign.installs.read_country import country_of
from countersign.spc.context import Context as SpcContext
from countersign.spc.payer_record import Payer as PayerRecord
from countersign.spc.refusals import unknown_payer
from countersign.step_up import store
from countersign.step_up.context import Contexts
from countersign.step_up.decided_order import DecidedOrder
from countersign.step_up.evidence import Evidence, Surroundings, weigh_evidence
from countersign.step_up.evidence_sources import read_card_at_stripe
from countersign.step_up.order import Order
from countersign.step_up.payer_ability import ability_to_confirm, known_payer
from countersign.step_up.policy import NOBODY, Payer
from countersign.step_up.read_saving import read_saving
from countersign.step_up.reasons import Reason
from countersign.step_up.rules import Rule, RuleBook
from countersign.step_up.rules.payment import Payment
from countersign.step_up.strictness import Strictest, decide_strictest


class WeighedOrder(Struct, frozen=True):
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
    payer = _named_payer(spc, installation, order)
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


def _named_payer(
    context: SpcContext, installation: Installation, order: Order
) -> PayerRecord | None:
    """Return the payer that an order names. Raises 404 `unknown_payer`."""
    if order.payer is None:
        return None
    payer = known_payer(context, installation, order.payer)
    if payer is None:
        raise unknown_payer()
    return payer


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
