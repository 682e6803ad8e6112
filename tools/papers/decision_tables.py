"""The tables of decisions in docs/step-up.md: made by running the code over every kind of card, so
that no decision changes unseen.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path

from countersign.step_up.policy import NOBODY, Decision, Payer
from countersign.step_up.rules import Rule, RuleBook
from countersign.step_up.rules.authentication import is_authentication_expected
from countersign.step_up.rules.conditions import When, Words
from countersign.step_up.rules.load_rules import load_rules
from countersign.step_up.rules.payment import Payment
from countersign.step_up.saving import SavingProof
from countersign.step_up.strictness import decide_strictest
from tools.papers.instruments import INSTRUMENTS
from tools.papers.tables import fill_tables, table

PAGE = "docs/step-up.md"
_NEW, _TRUSTED = Payer(can_confirm=True), Payer(can_confirm=True, has_trusted=True)
_SMALL, _LARGE = 1_000, 100_000
_COUNTRIES = ("FR", "GB", "CH", "IN", "MY", "JP", "US", None)
_PLACES = {"expected": ("FR", "FR"), "elsewhere": ("US", "US")}
_ELSE = {"spc": ", else confirm", "3ds": ", else authenticate"}


def step_up_page(root: Path) -> str:
    """Return the page, with its tables made again."""
    tables = {name: table(header, rows()) for name, (header, rows) in _TABLES.items()}
    return fill_tables(PAGE, (root / PAGE).read_text("utf-8"), tables)


def _regions() -> Iterator[list[str]]:
    for issuer in _COUNTRIES:
        found = (is_authentication_expected(issuer, account) for account in _COUNTRIES)
        yield [issuer or "unknown", *("yes" if one else "" for one in found)]


def _shipped() -> Iterator[list[str]]:
    book = load_rules()
    for instrument, (place, countries) in product(INSTRUMENTS, _PLACES.items()):
        small = instrument.present(countries, _SMALL)
        known = instrument.present(countries, _LARGE, first_seen=False)
        large = instrument.present(countries, _LARGE)
        easy = {_shown(book, small, NOBODY), _shown(book, known, NOBODY)}
        others = [_shown(book, large, payer) for payer in (NOBODY, _NEW, _TRUSTED)]
        yield [instrument.name, instrument.assurance, place, " or ".join(sorted(easy)), *others]


def _floor() -> Iterator[list[str]]:
    proceed, left = _all(Rule("all", "proceed")), _all(Rule("all", "proceed", (), "automatic"))
    savings: tuple[SavingProof | None, ...] = ("authenticated", "unauthenticated", None)
    for instrument, (place, countries) in product(INSTRUMENTS, _PLACES.items()):
        present = instrument.present(countries, _LARGE)
        cells = [_shown(proceed, present, NOBODY), _shown(proceed, present, _TRUSTED)]
        cells.append(_shown(left, present, NOBODY))
        for saving in savings:
            views = instrument.absent(countries, _LARGE, saving)
            cells.append(_shown(proceed, views, NOBODY) if instrument.can_be_saved else "")
        yield [instrument.name, instrument.assurance, place, *cells]


def _terms() -> Iterator[list[str]]:
    book, seen = load_rules(), list[list[str]]()
    for instrument, (place, countries) in product(INSTRUMENTS, _PLACES.items()):
        for amount, payer in product((_SMALL, _LARGE), (NOBODY, _NEW, _TRUSTED)):
            decision = decide_strictest(book, instrument.present(countries, amount), payer).decision
            row = [*_term_cells(decision, place)]
            if row not in seen:
                seen.append(row)
    yield from sorted(seen)


def _term_cells(decision: Decision, place: str) -> Iterator[str]:
    terms = decision.terms
    yield f"`{decision.next}`"
    yield _listed(decision.methods)
    yield place
    yield f"`{terms.request_three_d_secure}`"
    yield f"`{terms.after_confirmation}`"
    yield _listed(terms.captures)
    yield _listed(terms.captures_after_confirmation)


def _all(rule: Rule) -> RuleBook:
    """Return rules that treat all payments alike, with the default of those shipped."""
    off_session = When({"off_session": Words(frozenset({True}))})
    named = Rule("off", rule.outcome, when=off_session)
    return RuleBook((named, rule), load_rules().default, "0" * 16)


def _shown(book: RuleBook, views: Sequence[Payment], payer: Payer) -> str:
    decision = decide_strictest(book, views, payer).decision
    return f"`{decision.next}`" + "".join(_ELSE[method] for method in decision.methods[1:])


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words) or "—"


_CARD = ("card", "assurance", "authentication")
_TABLES: dict[str, tuple[Sequence[str], Callable[[], Iterator[list[str]]]]] = {
    "regions": (["issuer, account", *(one or "unknown" for one in _COUNTRIES)], _regions),
    "rules": (
        [
            *_CARD,
            "small, or a known payer",
            "large, no SPC",
            "SPC in a new browser",
            "SPC, trusted for this card",
        ],
        _shipped,
    ),
    "floor": (
        [
            *_CARD,
            "`proceed`",
            "`proceed`, SPC trusted",
            "`proceed`, `automatic`",
            "off session, saved and authenticated",
            "saved only",
            "not saved",
        ],
        _floor,
    ),
    "terms": (
        [
            "`next`",
            "`methods`",
            "authentication",
            "`request_three_d_secure`",
            "`after_confirmation`",
            "`captures`",
            "`captures_after_confirmation`",
        ],
        _terms,
    ),
}
