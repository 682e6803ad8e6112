"""Rules and payments for decisions, written and drawn at random."""

from typing import Any, get_args

from hypothesis import strategies as st
from msgspec.structs import replace

from countersign.step_up.policy import Decision, Payer
from countersign.step_up.rules import Capture, Method, Outcome, Rule, RuleBook, ThreeDSecure
from countersign.step_up.rules.authentication import REGIONS
from countersign.step_up.rules.conditions import When, Words
from countersign.step_up.rules.countries import COUNTRIES
from countersign.step_up.rules.payment import Payment

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
METHODS: list[tuple[Method, ...]] = [(), ("spc",), ("3ds",), ("spc", "3ds"), ("3ds", "spc")]
ELSEWHERE = COUNTRIES.difference(*REGIONS.values())
SEVERITY = {"proceed": 0, "step_up": 1, "review": 2, "decline": 3}
PROVED = Payment(
    1099,
    "eur",
    evidence="signed",
    wallet="google_pay",
    auth_method="CRYPTOGRAM_3DS",
    assurance="full",
    is_tokenized=True,
)
WALLET = Payment(1099, "eur", evidence="wallet", wallet="apple_pay", is_tokenized=True)
ABROAD: dict[str, Any] = {"issuer_country": "US", "acquirer_country": "US"}


def book(
    outcome: Outcome, methods: tuple[Method, ...] = (), how: ThreeDSecure = "any", **when: Words
) -> RuleBook:
    """One rule, for all payments unless `when` says for which; the default is to step up."""
    rule = Rule("rule", outcome, methods, how, when=When(when))
    return RuleBook((rule,), Rule("default", "step_up", ("spc", "3ds")), "0" * 16)


def is_as_strict(found: Decision, than: Decision) -> bool:
    """Whether all that satisfies the one decision satisfies the other, too."""
    if found.outcome != than.outcome:
        return SEVERITY[found.outcome] > SEVERITY[than.outcome]
    mine, theirs = found.terms, than.terms
    wanted = mine.request_three_d_secure, theirs.request_three_d_secure
    as_hard = "challenge" not in wanted or wanted[0] == "challenge" or "3ds" not in found.methods
    fewer = set(mine.captures) <= set(theirs.captures)
    return set(found.methods) <= set(than.methods) and as_hard and fewer


countries = st.sampled_from([None, "FR", "DE", "GB", "US", "CH", "IN", "JP", "UK", "EL", "ZZ", ""])
payments = st.builds(
    Payment,
    amount=st.sampled_from([1, 1099, 999_999_999_999]),
    currency=st.sampled_from(["eur", "usd"]),
    evidence=st.sampled_from(["signed", "wallet", "gateway", "claimed", "none"]),
    acquirer_country=countries,
    issuer_country=countries,
    network=st.sampled_from([None, "visa"]),
    funding=st.sampled_from([None, "prepaid"]),
    wallet=st.sampled_from([None, "google_pay", "google_pay", "apple_pay", "link"]),
    auth_method=st.sampled_from([None, "PAN_ONLY", "CRYPTOGRAM_3DS"]),
    assurance=st.sampled_from([None, "partial", "full"]),
    eci=st.sampled_from([None, "05"]),
    is_tokenized=st.booleans(),
    first_seen=st.booleans(),
    off_session=st.booleans(),
    saved=st.booleans(),
)
payers = st.builds(Payer, can_confirm=st.booleans(), has_trusted=st.booleans())
"""Also payments that no evidence gives, such as a proved one that is stepped up."""
words = st.sampled_from(
    [
        {},
        {"evidence": Words(frozenset({"signed", "claimed"}))},
        {"assurance": Words(frozenset({"full"}))},
        {"assurance": Words(frozenset({"unknown"}), excluded=True)},
        {"funding": Words(frozenset({"prepaid"}))},
        {"wallet": Words(frozenset({"google_pay"}), excluded=True)},
        {"off_session": Words(frozenset({True}))},
        {"off_session": Words(frozenset({False}))},
    ]
)
three_d_secure = st.sampled_from(get_args(ThreeDSecure))
captures = st.lists(st.sampled_from(get_args(Capture)), max_size=3, unique=True).map(tuple)


def rules(name: str) -> st.SearchStrategy[Rule]:
    return st.builds(
        Rule,
        name=st.just(name),
        outcome=st.sampled_from(OUTCOMES),
        methods=st.sampled_from(METHODS),
        three_d_secure=three_d_secure,
        captures=captures,
        captures_after_confirmation=captures,
        when=st.builds(When, words=words),
    )


books = st.builds(
    RuleBook,
    rules=st.lists(rules("rule"), max_size=3).map(tuple),
    default=rules("default").map(lambda rule: replace(rule, when=When())),
    version=st.just("0" * 16),
)
