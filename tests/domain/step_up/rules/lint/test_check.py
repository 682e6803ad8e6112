"""The commands that check the rules before a deployment, and that show them."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from countersign.step_up.rules.lint import check
from countersign.step_up.rules.load_rules import PATH, load_rules, parse_rules
from tests.support.rule_texts import DEFAULT
from tools import rules as tool

LAYER = Path(check.__file__).parents[4]
RULE = '[[rule]]\nname = "{}"\noutcome = "{}"\n[rule.when]\n{}\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "my-rules.toml"


def test_the_build_checks_the_rules_with_one_package(tmp_path: Path) -> None:
    """Isolated and without site-packages, as the layer's Makefile does."""
    (tmp_path / "msgspec").symlink_to(Path(msgspec.__file__).parent)
    paths = [str(LAYER), str(tmp_path)]
    code = f"import sys; sys.path[:0] = {paths!r}; from countersign.step_up.rules.lint.check import main; sys.exit(main([]))"
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert (
        run.stdout == f"{PATH}: version {load_rules().version}, rules: {len(load_rules().rules)}\n"
    )


def test_the_module_runs_as_a_command(file: Path) -> None:
    file.write_text('[default]\noutcome = "stepup"\nmethods = []\n')
    command = [sys.executable, "-m", "countersign.step_up.rules.lint.check", str(file)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=LAYER)
    assert (run.returncode, run.stdout) == (1, "")
    first, second = run.stderr.splitlines()
    assert first.startswith(f"{file}:2: default.outcome: 'stepup' is not known (did you mean")
    assert second.startswith(f"{file}:3: default.methods: must list something")


def test_a_rule_that_is_never_reached_fails_the_build(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = RULE.format("a", "decline", "first_seen = true")
    file.write_text(DEFAULT + rule + RULE.format("b", "proceed", 'first_seen = true\neci = ["05"]'))
    assert check.main([str(file)]) == 1
    told = f"{file}:8: rule 'b' is never reached: before it, 'a' (line 3) take all of it\n"
    assert capsys.readouterr() == ("", told)


def test_overlaps_are_warnings_of_which_only_the_first_are_printed(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    many = [RULE.format(f"r{n}", "decline", f'metadata = {{ k{n} = ["x"] }}') for n in range(30)]
    file.write_text(DEFAULT + RULE.format("a", "proceed", 'eci = ["05"]') + "".join(many))
    assert check.main([str(file)]) == 0
    out, err = capsys.readouterr()
    assert out == f"{file}: version {load_rules(file).version}, rules: 31\n"
    assert err.count(": warning: rule 'r") == check.MOST_WARNINGS
    assert err.splitlines()[-1] == f"{file}: and 5 more of these"


def test_a_rule_that_can_never_hold_fails_the_build(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(DEFAULT + RULE.format("a", "decline", 'evidence = ["none"]\neci = ["05"]'))
    assert check.main([str(file)]) == 1
    told = f"{file}:3: rule 'a' can never hold: no payment has evidence none with eci 05\n"
    assert capsys.readouterr() == ("", told)


def test_a_rule_that_the_floor_holds_back_is_a_warning(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    google_pay = 'wallet = ["google_pay"]\nevidence = ["gateway"]'
    file.write_text(DEFAULT + RULE.format("a", "proceed", google_pay))
    assert check.main([str(file)]) == 0
    told = (
        f"{file}:3: warning: rule 'a' never lets a payment proceed: all that it gets are Google Pay's "
        "without a sufficient assurance, or where authentication is expected\n"
    )
    assert capsys.readouterr().err == told


def test_a_missing_file_is_reported(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main([str(file)]) == 1
    assert capsys.readouterr().err == f"{file}: No such file or directory\n"


# The table, and what a payment would get.


def test_the_rules_are_shown_as_a_table() -> None:
    steps = '[[rule]]\nname = "big"\noutcome = "step_up"\nmethods = ["3ds"]\nthree_d_secure = "any"\n[rule.when]\n'
    text = (
        DEFAULT
        + RULE.format(
            "small",
            "decline",
            'amount = { eur = { to = 3000 }, jpy = {} }\nissuer_country = ["sca", "US"]',
        )
        + RULE.format(
            "later", "proceed", 'off_session = true\nmetadata = { kind = { not = ["gift"] } }'
        )
        + steps
        + 'amount = { kwd = { from = 10000 } }\nfunding = { not = ["prepaid"] }\nfirst_seen = false\n'
    )
    assert [" ".join(line.split()) for line in tool.table(parse_rules(text))] == [
        "rule when gets",
        "1 small issuer_country US or sca decline",
        "amount up to 30.00 EUR or any JPY",
        "2 later off_session true proceed",
        "metadata.kind not gift",
        "3 big funding not prepaid step_up by 3ds (any)",
        "first_seen false",
        "amount from 10.000 KWD",
        "default any other payment step_up by spc, then 3ds (any)",
        "default off session any other, off session review",
    ]


def test_what_a_payment_gets_is_shown_with_its_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    signed = '"evidence": "signed", "auth_method": "CRYPTOGRAM_3DS", "assurance": "full"'
    assert tool.main([f'{{"amount": 1999, "currency": "eur", {signed}}}']) == 0
    out = capsys.readouterr().out
    assert f"version {load_rules().version}" in out
    last = out.splitlines()[-1]
    assert last.startswith(
        "This payment gets proceed (rule: device-token-of-an-authenticated-cardholder; "
    )


def test_a_payer_who_can_confirm_makes_a_difference(capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.main(['{"amount": 19990, "currency": "usd", "issuer_country": "US"}']) == 0
    trusted, new, cannot = capsys.readouterr().out.splitlines()[-3:]
    assert "trusted for this card, this payment gets step_up by spc, then 3ds (any)" in trusted
    assert "in a new browser, this payment gets step_up by spc, then 3ds (any)" in new
    assert "cannot confirm it, this payment gets step_up by 3ds (any)" in cannot


@pytest.mark.parametrize(("payment", "told"), [
    ("{", "PAYMENT is not JSON"),
    ("[]", "PAYMENT must be a JSON object, such as"),
    ('{"amount": 1, "currency": "eur", "issuer": "FR"}', "'issuer' is not known (did you mean 'issuer_country'?)"),
    ('{"amount": "1", "currency": "eur"}', "amount: Input should be a valid integer"),
    ('{"amount": 1, "currency": "eur", "evidence": "sined"}', "evidence: Input should be 'signed'"),
    ('{"amount": 15, "currency": "kwd"}', "amount: must end in 0 for kwd"),
    ('{"amount": 1, "currency": "euro"}', "currency: 'euro' is not known (did you mean 'eur'?)"),
])  # fmt: skip
def test_an_impossible_payment_is_refused_with_what_to_do(
    payment: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool.main([payment]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
