"""All faults of a file of rules are reported at once, each with its line and what to do."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.step_up import rules
from countersign.step_up.rules.faults import RuleFileError
from countersign.step_up.rules.lint.check import check_rules
from countersign.step_up.rules.lint.findings import locate_faults
from countersign.step_up.rules.lint.toml_lines import Lines
from countersign.step_up.rules.load_rules import load_rules, parse_rules
from tests.support.rule_texts import DEFAULT, Document, documents, toml

RULE = '[[rule]]\nname = "a"\noutcome = "proceed"\n[rule.when]\n'
"""It begins on line 3, and its conditions on line 7."""


def faults_of(text: str) -> list[tuple[int, str]]:
    with pytest.raises(RuleFileError) as refused:
        parse_rules(text)
    found = locate_faults(refused.value).findings
    return [(finding.line, finding.reason) for finding in found]


def rule(first: str, when: str = "first_seen = true") -> str:
    return f"{DEFAULT}[[rule]]\n{first}\n[rule.when]\n{when}\n"


@pytest.mark.parametrize(("when", "line", "reason"), [
    ('evidence = ["sined"]', 7, "when.evidence: 'sined' is not known (did you mean 'signed'?); known are"),
    ('evidnce = ["signed"]', 7, "when.evidnce: is not known (did you mean 'evidence'?)"),
    ('first_seen = true\ncolour = ["red"]', 8, "when.colour: is not known; known are"),
    ("evidence = []", 7, "when.evidence: must list something, or be left out"),
    ('evidence = "signed"', 7, "when.evidence: must be a list, or { not = [...] }"),
    ("evidence = { not = 1 }", 7, "when.evidence: must be a list"),
    ("evidence = {}", 7, "when.evidence: must have 'not'"),
    ('evidence = ["signed", "signed"]', 7, "when.evidence: names 'signed' twice"),
    ('assurance = { not = ["full", "partial", "unknown"] }', 7, "when.assurance: can never hold"),
    ('issuer_country = ["UK"]', 7, "did you mean 'GB'?"),
    ('issuer_country = ["fr"]', 7, "did you mean 'FR'?"),
    ('acquirer_country = ["XX"]', 7, "known are the codes of ISO 3166-1"),
    ('funding = ["charge"]', 7, "known are 'credit', 'debit', 'prepaid', 'unknown'"),
    ('eci = ["5"]', 7, "did you mean '05'?"),
    ("eci = [5]", 7, "known are two digits"),
    ('off_session = "true"', 7, "when.off_session: must be true or false"),
    ("amount = 1", 7, "when.amount: must be a table"),
    ("amount = {}", 7, "when.amount: must name a currency"),
    ("amount = { eurr = { to = 1 } }", 7, "did you mean 'eur'?"),
    ("amount = { eur = { from = 2, to = 1 } }", 7, "when.amount.eur: can never hold: from 2 is more than to 1"),
    ("amount = { eur = { from = 0 } }", 7, "when.amount.eur.from: 0 must be from 1 to 999999999999"),
    ("amount = { eur = { to = 30.5 } }", 7, "when.amount.eur.to: must be a whole number"),
    ("amount = { eur = { to = true } }", 7, "must be a whole number"),
    ("amount = { kwd = { to = 1005 } }", 7, "1005 must end in 0 for kwd"),
    ("amount = { isk = { from = 150 } }", 7, "150 must end in 00 for isk"),
    ("metadata = {}", 7, "when.metadata: must name a key"),
    ('metadata = { group = "vip" }', 7, "when.metadata.group: must be a list"),
    ("metadata = { group = [1] }", 7, "when.metadata.group: must list texts of 1 to 500 characters"),
    (f'metadata = {{ group = ["{"x" * 501}"] }}', 7, "must list texts"),
    ('metadata = { "a[0]" = ["x"] }', 7, "must have 1 to 40 characters, none of them [ or ]"),
    (f'metadata = {{ {"k" * 41} = ["x"] }}', 7, "must have 1 to 40 characters"),
    ("", 6, "when: must have a condition"),
    ("[rule.when.amount.eur]\nfrom = 5\nto = -2", 9, "when.amount.eur.to: -2 must be from 1"),
    ('metadata.group = ["x"]\nmetadata.shop = [1]', 8, "when.metadata.shop: must list texts"),
    ('network = [\n  "visa",\n  "jbc",\n]', 9, "when.network: 'jbc' is not known (did you mean 'jcb'?)"),
    ('eci = { not = [ "05",\n  5, # [\n"5" ] }', 9, "when.eci.not: '5' is not known"),
    ('eci = [ "05",\n  5, "06"]', 8, "when.eci: what stands here is not known"),
    ('metadata = { a = ["x",\n"y"], b = ["x",\n"y",\n1] }', 10, "when.metadata.b: must list texts"),
    ('network = [\n  "visa",\n  "jbc",\n]\nfunding = ["x"]', 11, "when.funding: 'x' is not known"),
])  # fmt: skip
def test_a_wrong_condition_is_reported_with_its_line(when: str, line: int, reason: str) -> None:
    told = faults_of(DEFAULT + RULE + when + "\n")
    assert any(at == line and reason in said for at, said in told), told


@pytest.mark.parametrize(("text", "line", "reason"), [
    ("", 1, "must have 'default'"),
    ("[default]\n", 1, "default: must have 'outcome'"),
    ('[default]\noutcome = "block"\n', 2, "default.outcome: 'block' is not known; known are 'decline'"),
    ('[default]\noutcome = "step_up"\nwhen = {}\n', 3, "default.when: is not known"),
    ('[default]\noutcome = "review"\nmethods = ["spc"]\n', 3, "default.methods: is for step_up, not for review"),
    ('default = "step_up"\n', 1, "default: must be a table"),
    (DEFAULT + "[rules]\n", 3, "rules: is not known (did you mean 'rule'?)"),
    (DEFAULT + "[rule]\n", 3, "each rule must stand under a header [[rule]] of its own"),
    ('x = """\n[[rule]]\n"""\nrule = [\n[1]]\n' + DEFAULT, 4, "each rule must stand under a header [[rule]]"),
    ('rule = [{}]\ndefault = { outcome = "review" }\n', 1, "each rule must stand under a header [[rule]]"),
    ("rule = [{}]\n" + DEFAULT, 1, "each rule must stand under a header [[rule]] of its own"),
    (DEFAULT + "[[rule]]\n", 3, "must have 'name'"),
    (DEFAULT + "[[rule]]\n", 3, "must have 'when'"),
    (rule('name = "a"'), 3, "must have 'outcome'"),
    (rule('name = "A b"\noutcome = "review"'), 4, "name: must be 1 to 64 of a-z, 0-9 and -"),
    (rule('name = "default"\noutcome = "review"'), 4, "name: 'default' is what no rule says"),
    (rule('name = "a"\noutcome = "reviews"'), 5, "outcome: 'reviews' is not known (did you mean 'review'?)"),
    (rule('name = "a"\noutcome = "proceed"\nmethods = ["spc"]'), 6, "methods: is for step_up, not for proceed"),
    (rule('name = "a"\noutcome = "decline"\nthree_d_secure = "any"'), 6, "three_d_secure: is for step_up and proceed, not"),
    (rule('name = "a"\noutcome = "step_up"\nmethods = []'), 6, "methods: must list something"),
    (rule('name = "a"\noutcome = "step_up"\nmethods = { not = ["3ds"] }'), 6, "methods: must be a list"),
    (rule('name = "a"\noutcome = "step_up"\nmethods = [\n"spc",\n"3DS"]'), 8, "methods: '3DS' is not known"),
    (rule('name = "a"\noutcome = "step_up"\nthree_d_secure = "never"'), 6, "three_d_secure: 'never' is not"),
    (rule('name = "a"\noutcome = "step_up"\nthree_d_secure = "automatic"'), 6, "three_d_secure: 'automatic' is not"),
    (rule('name = "a"\noutcome = "proceed"\nthree_d_secure = "any"'), 6, "three_d_secure: 'any' is not known"),
    (rule('name = "a"\noutcome = "step_up"\ncaptures = ["failed"]'), 6, "captures: 'failed' is not known"),
    (rule('name = "a"\noutcome = "proceed"\ncaptures_after_confirmation = ["none"]'), 6, "is for step_up, not for proceed"),
    (rule('name = "a"\noutcome = "step_up"', "off_session = true"), 7, "nobody is there to step up"),
    (rule('name = "a"\noutcome = "review"') + RULE + "eci = ['05']\n", 9, "name: another rule has this name already (line 3)"),
    (rule('name = "a"\noutcome = "review"\nif = 1'), 6, "if: is not known"),
    (DEFAULT + "[[rule]\n", 3, "is not TOML"),
    (DEFAULT + "x = '''\n\n", 3, "is not TOML"),
    ("\ufeff" + DEFAULT, 1, "is not TOML"),
    ("x = " + "[" * 5000, 1, "is nested too deeply"),
])  # fmt: skip
def test_a_wrong_file_is_reported_with_its_line(text: str, line: int, reason: str) -> None:
    told = faults_of(text)
    assert any(at == line and reason in said for at, said in told), told


def test_all_faults_are_reported_at_once_in_the_order_of_lines() -> None:
    text = (
        '[default]\noutcome = "x"\n'
        + RULE
        + 'eci = ["x"]\nnetwork = []\n'
        + RULE
        + "first_seen = 0\n"
    )
    assert [line for line, _ in faults_of(text)] == [2, 7, 8, 10, 13]


def test_the_same_wrong_word_is_reported_on_each_of_its_lines() -> None:
    told = faults_of(DEFAULT + RULE + 'network = [\n"jbc",\n"visa", "jbc"]\n')
    assert [line for line, _ in told] == [8, 9]


def test_the_error_reads_as_lines_of_a_compiler() -> None:
    with pytest.raises(RuleFileError) as refused:
        parse_rules('[default]\noutcome = "review"\nmethod = []\n')
    assert str(locate_faults(refused.value)).startswith(
        "rules.toml:3: default.method: is not known (did you mean 'methods'?)"
    )


def test_a_file_that_is_not_utf8_is_refused(tmp_path) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes(DEFAULT.encode() + b"# caf\xe9\n")
    with pytest.raises(RuleFileError) as refused:
        load_rules(path)
    assert str(locate_faults(refused.value)) == "rules.toml:3: is not UTF-8"


def test_a_file_with_a_byte_order_mark_is_read(tmp_path) -> None:
    """Editors write one. Its lines are found as in any other."""
    path = tmp_path / "rules.toml"
    path.write_bytes(b"\xef\xbb\xbf" + DEFAULT.encode() + RULE.encode() + b"first_seen = true\n")
    book, _ = check_rules(path)
    assert [rule.name for rule in book.rules] == ["a"]


def test_no_rules_may_be_written_as_an_empty_list() -> None:
    assert parse_rules("rule = []\n" + DEFAULT).rules == ()


def test_good_rules_are_read_without_a_finder_of_lines() -> None:
    """Which only the report of a fault needs, and no cold start."""
    script = (
        "import sys; from countersign.step_up.rules.load_rules import load_rules; load_rules();"
        "raise SystemExit(any('.lint' in name for name in sys.modules))"
    )
    layer = Path(rules.__file__).parents[3]
    subprocess.run([sys.executable, "-c", script], check=True, cwd=layer)


@given(documents())
def test_a_right_file_is_read_and_the_line_of_every_rule_is_found(document: Document) -> None:
    text = toml(document)
    book, lines, shown = parse_rules(text), Lines(text), text.splitlines()
    assert [rule.name for rule in book.rules] == [rule["name"] for rule in document.get("rule", [])]
    for number, rule_read in enumerate(book.rules):
        line = lines.of(("rule", number))
        assert shown[line - 1 : line + 1] == ["[[rule]]", f'"name" = "{rule_read.name}"']


@given(documents(), st.data())
def test_a_wrong_member_is_found_on_its_line(document: Document, data: st.DataObject) -> None:
    lines = toml(document).splitlines()
    at = data.draw(st.sampled_from([n for n, line in enumerate(lines) if line.startswith("[")]))
    lines.insert(at + 1, '\'what " is [this\' = """\n[[rule]] # \\"""\n"""')
    told = faults_of("\n".join(lines))
    assert [(line, "is not known" in reason) for line, reason in told] == [(at + 2, True)]
