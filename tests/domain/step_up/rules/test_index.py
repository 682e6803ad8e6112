"""The first rule that the index finds for a payment is the one that a plain reading of the file finds,
and the shipped rules are Google's table.
"""

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.step_up.rules.authentication import SCA_COUNTRIES
from countersign.step_up.rules.load_rules import PATH, load_rules, parse_rules
from countersign.step_up.rules.payment import Payment
from tests.support.rule_texts import DEFAULT, Document, documents, holds, payments, toml

ABSENT = object()


def book_of(*whens: str, outcome: str = "decline"):
    """Rules `r0`, `r1`, … with these conditions."""
    rules = [
        f'[[rule]]\nname = "r{number}"\noutcome = "{outcome}"\n[rule.when]\n{when}\n'
        for number, when in enumerate(whens)
    ]
    return parse_rules(DEFAULT + "".join(rules))


def name_of(book, **members: Any) -> str | None:
    matched = book.first_match(Payment(**{"amount": 1000, "currency": "eur"} | members))
    return matched.name if matched else None


# A plain reading of the file, for comparison.


def plain_match(document: Document, payment: Payment) -> str | None:
    for rule in document.get("rule", []):
        when = {"off_session": False} | rule["when"]
        if all(plainly_holds(name, said, payment) for name, said in when.items()):
            return rule["name"]
    return None


def plainly_holds(name: str, said: Any, payment: Payment) -> bool:
    if name == "amount":
        limits = said.get(payment.currency)
        return limits is not None and limits.get("from", 0) <= payment.amount <= limits.get(
            "to", 10**12
        )
    if name == "metadata":
        return all(
            plainly_listed(texts, payment.metadata.get(key, ABSENT)) for key, texts in said.items()
        )
    value = getattr(payment, name)
    if isinstance(said, bool):
        return value is said
    if name == "funding" and value == "other":
        value = None
    if value is None:
        value = "none" if name in ("wallet", "eci") else "unknown"
    return plainly_listed(said, value)


def plainly_listed(said: Any, value: Any) -> bool:
    if isinstance(said, dict):
        return not plainly_listed(said["not"], value)
    return value in said or ("sca" in said and value in SCA_COUNTRIES)


@given(documents(), st.lists(payments(), min_size=1, max_size=10))
def test_the_first_rule_found_is_that_of_a_plain_reading(
    document: Document, some: list[Payment]
) -> None:
    book = parse_rules(toml(document))
    for payment in some:
        matched = book.first_match(payment)
        assert (matched.name if matched else None) == plain_match(document, payment)
        holding = [rule for rule in book.rules if holds(rule.when, payment)]
        assert matched is (holding[0] if holding else None)


@pytest.mark.parametrize(("amount", "currency", "holds"), [
    (99, "eur", False), (100, "eur", True), (3000, "eur", True), (3001, "eur", False),
    (1, "usd", True), (999_999_999_999, "usd", True), (100, "jpy", False),
])  # fmt: skip
def test_an_amount_counts_in_the_currencies_named_with_both_ends(
    amount: int, currency: str, holds: bool
) -> None:
    book = book_of("amount = { eur = { from = 100, to = 3000 }, usd = {} }")
    assert name_of(book, amount=amount, currency=currency) == ("r0" if holds else None)


@pytest.mark.parametrize(("country", "holds"), [
    ("FR", True), ("IS", True), ("GB", True), ("RE", True), ("CH", True), ("NC", False), (None, False),
])  # fmt: skip
def test_sca_stands_for_the_countries_where_the_law_requires_it(
    country: str | None, holds: bool
) -> None:
    assert name_of(book_of('issuer_country = ["sca"]'), issuer_country=country) == (
        "r0" if holds else None
    )
    excluded = book_of('issuer_country = { not = ["sca"] }')
    assert name_of(excluded, issuer_country=country) == (None if holds else "r0")


@pytest.mark.parametrize(("when", "members"), [
    ('issuer_country = ["unknown"]', {"issuer_country": None}),
    ('network = ["unknown"]', {"network": "unknown"}),
    ('funding = ["unknown"]', {"funding": None}),
    ('funding = ["unknown"]', {"funding": "something-new"}),
    ('wallet = ["none"]', {"wallet": None}),
    ('eci = ["none"]', {"eci": ""}),
    ('evidence = ["none"]', {}),
    ('wallet = { not = ["none"] }', {"wallet": "a_wallet_of_tomorrow"}),
    ("first_seen = false", {"first_seen": False}),
])  # fmt: skip
def test_an_unknown_fact_about_a_payment_has_a_word(when: str, members: dict[str, Any]) -> None:
    assert name_of(book_of(when), **members) == "r0"


@pytest.mark.parametrize(("metadata", "holding"), [
    ({"group": "vip"}, "r0"), ({"group": "retail"}, "r1"), ({}, "r1"), ({"other": "vip"}, "r1"),
])  # fmt: skip
def test_a_payment_without_the_metadata_has_none_of_its_values(
    metadata: dict[str, str], holding: str
) -> None:
    book = book_of('metadata = { group = ["vip"] }', 'metadata = { group = { not = ["vip"] } }')
    assert name_of(book, metadata=metadata) == holding
    assert book.metadata_keys == {"group"}


def test_an_off_session_payment_matches_only_rules_that_say_so() -> None:
    book = book_of('network = ["visa"]', "off_session = false", "off_session = true")
    assert name_of(book, network="visa", off_session=True) == "r2"
    assert name_of(book, network="visa") == "r0"
    assert name_of(book) == "r1"


def test_more_rules_than_a_machine_word_has_bits_are_distinguished() -> None:
    book = book_of(*(f'metadata = {{ shop = ["{number}"] }}' for number in range(300)))
    for number in (0, 31, 63, 64, 255, 299):
        assert name_of(book, metadata={"shop": str(number)}) == f"r{number}"
    assert name_of(book, metadata={"shop": "300"}) is None


def test_a_rule_has_the_usual_methods_where_it_names_none() -> None:
    stepping = book_of('network = ["visa"]', outcome="step_up").rules[0]
    assert (stepping.methods, stepping.three_d_secure) == (("spc", "3ds"), "any")
    assert book_of('network = ["visa"]').rules[0].methods == ()
    assert stepping.name == "r0"


def test_the_methods_are_in_the_order_of_the_file() -> None:
    book = parse_rules(
        '[default]\noutcome = "step_up"\nmethods = ["3ds", "spc"]\nthree_d_secure = "any"\n'
    )
    assert (book.default.methods, book.default.three_d_secure) == (("3ds", "spc"), "any")
    assert (book.default.name, book.rules, book.metadata_keys) == ("default", (), frozenset())


def test_the_version_is_the_hash_of_the_file() -> None:
    assert load_rules().version == hashlib.sha256(PATH.read_bytes()).hexdigest()[:16]
    assert parse_rules(DEFAULT).version != parse_rules(DEFAULT + "\n").version


def test_the_shipped_rules_let_device_tokens_proceed_and_elsewhere_the_known_and_the_small() -> (
    None
):
    book = load_rules()
    assert (book.default.outcome, book.default.methods) == ("step_up", ("spc", "3ds"))
    assert book.default.three_d_secure == "any"
    abroad = {"issuer_country": "US", "acquirer_country": "US"}
    large = {"amount": 5001, "currency": "usd"}
    signed = {"evidence": "signed", "auth_method": "CRYPTOGRAM_3DS", "assurance": "full"}
    assert name_of(book, **signed) == "device-token-of-an-authenticated-cardholder"
    assert name_of(book, **signed | {"assurance": "partial"}) is None
    assert name_of(book, evidence="wallet") == "device-token"
    assert name_of(book, evidence="wallet", assurance="partial") is None
    assert name_of(book, **abroad, **large) is None
    assert name_of(book, **abroad, **large, first_seen=False) == "known-payer"
    assert name_of(book, **abroad, amount=5000, currency="usd") == "small"
    assert name_of(book, **abroad, amount=5000, currency="jpy") == "small"
    for refused in ({"funding": "prepaid"}, {"amount": 0}, {"currency": "kwd"}):
        assert name_of(book, **{"amount": 5000, "currency": "usd"} | abroad | refused) is None
    assert name_of(book, amount=100, first_seen=False) is None


def test_the_examples_in_the_shipped_rules_are_right() -> None:
    text = PATH.read_text()
    examples = text.partition("# Examples.")[2].partition("\n#\n")[2]
    wakened = "\n".join(line.removeprefix("#").removeprefix(" ") for line in examples.splitlines())
    rules = parse_rules(text + wakened).rules
    assert [rule.outcome for rule in rules[4:]] == ["decline", "proceed", "step_up", "proceed"]
