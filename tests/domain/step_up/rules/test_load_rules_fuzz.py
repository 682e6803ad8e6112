"""Any text in the file is read, or refused with lines that the file has."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from countersign.step_up.rules.faults import RuleFileError
from countersign.step_up.rules.lint.check import check_rules
from countersign.step_up.rules.lint.coverage import Coverage
from countersign.step_up.rules.lint.findings import RefusedRules, locate_faults
from countersign.step_up.rules.load_rules import PATH, parse_rules
from tests.support.rule_texts import documents, toml

PIECES = st.sampled_from((
    "[[rule]]", "[rule]", "[rule.when]", "[[rule.when]]", "[default]", "rule", "when", "=", "{", "}", "[", "]",
    '"', "'", '"""', "'''", "#", "\n", "\r", ".", ",", "not", "true", "nan", "-inf", "1e9", "0x10", "-1", "1_000",
    "1979-05-27T07:32:00Z", "07:32:00", "\\u0000", "\\", "\x00", "\ud800", "é", "eur = {}", "from = 5",
    'name = "default"', 'outcome = "step_up"', "when = 1", "amount.eur.to = 1", '"a.b" = 2', "methods = [[]]",
))  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = draw(st.just(PATH.read_text()) | documents().map(toml))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.sampled_from((0, 0, 1, 5, 40)))
        text = text[:start] + draw(PIECES | st.text(max_size=3)) + text[end:]
    return text


@given(st.lists(mutated(), min_size=5, max_size=5))
def test_a_file_with_mistakes_is_read_or_refused_with_its_lines(texts: list[str]) -> None:
    for text in texts:
        try:
            rules = parse_rules(text).rules
            Coverage(rules, range(len(rules))).overlapping()
        except RuleFileError as refused:
            assert refused.faults
            for finding in locate_faults(refused).findings:
                assert 1 <= finding.line <= text.count("\n") + 1
                assert finding.reason


@given(st.binary(max_size=40), st.integers(0, 5000))
def test_bytes_of_any_kind_are_read_or_refused(tmp_path_factory, some: bytes, at: int) -> None:
    path = tmp_path_factory.getbasetemp() / "rules.toml"
    data = PATH.read_bytes()
    path.write_bytes(data[:at] + some + data[at:])
    with contextlib.suppress(RefusedRules):
        check_rules(path)
