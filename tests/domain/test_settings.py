"""What a deployment chooses, as the template's environment says it."""

import pytest

from countersign.settings import (
    STRIPE_JS_URL,
    MissingSettings,
    Settings,
    require_settings,
    settings,
    split_list,
)
from tests.support.processes import forget_everything


def read(**environment: str) -> Settings:
    return Settings.from_environment({"DEPLOYMENT": "d", "STRIPE_MODE": "test"} | environment)


@pytest.mark.parametrize("missing", ["DEPLOYMENT", "STRIPE_MODE"])
def test_a_deployment_has_a_name_and_a_mode(missing: str) -> None:
    environment = {"DEPLOYMENT": "d", "STRIPE_MODE": "live"}
    assert Settings.from_environment(environment).livemode
    del environment[missing]
    with pytest.raises(KeyError):
        Settings.from_environment(environment)


def test_everything_else_has_a_default() -> None:
    found = read()
    assert found == Settings("d")
    assert found.max_verification_attempts == 5
    assert found.stripe_js_url == STRIPE_JS_URL


def test_empty_values_of_the_template_are_defaults() -> None:
    empty = dict.fromkeys(("IDENTITY_TABLE", "STRIPE_SECRET", "STRIPE_API_BASE", "STRIPE_JS_URL", "PUBLIC_URL", "STRIPE_PUBLISHABLE_KEY", "ALLOWED_RETURN_URLS", "ALLOWED_ORIGINS", "ISSUER", "ALTERNATIVE_VERIFICATION_URL", "MAX_VERIFICATION_ATTEMPTS", "VERIFICATION_FLOW", "VERIFICATION_OPTIONS", "SIGN_IN_CLIENT_ID", "SIGN_IN_ORIGINS", "SIGN_IN_PARAMETERS", "OPERATOR_SCOPE", "MERCHANT_SCOPE"), "")  # fmt: skip
    assert read(**empty) == Settings("d")


def test_urls_are_without_a_trailing_slash() -> None:
    found = read(
        STRIPE_API_BASE="http://stripe.test/",
        PUBLIC_URL="https://verify.example.com/",
        ALLOWED_ORIGINS="https://a.example/, https://b.example",
    )
    assert found.stripe_api_base == "http://stripe.test"
    assert found.public_url == "https://verify.example.com"
    assert found.allowed_origins == {"https://a.example", "https://b.example"}


@pytest.mark.parametrize("issuer", ["https://issuer.example.com", "https://issuer.example.com/"])
def test_the_issuer_is_as_the_issuer_writes_it(issuer: str) -> None:
    assert read(ISSUER=issuer).issuer == issuer


@pytest.mark.parametrize(
    "query", ["state=x", "a=1&redirect_uri=x", "response_mode=fragment", "%63lient_id=x", "a", "&"]
)
def test_what_the_pages_own_sign_in_sends_is_no_setting(query: str) -> None:
    with pytest.raises(ValueError, match=r"SIGN_IN_PARAMETERS|bad query field"):
        read(SIGN_IN_PARAMETERS=query)


def test_our_origin_and_those_of_the_sites_are_compared_as_browsers_write_them() -> None:
    found = read(
        PUBLIC_URL="HTTPS://Verify.Example.com", ALLOWED_ORIGINS="https://WWW.example.com/"
    )
    assert found.public_url == "https://verify.example.com"
    assert found.allowed_origins == {"https://www.example.com"}


def test_return_urls_are_listed_without_their_query() -> None:
    listed_urls = "https://a.example/done?x=1, https://a.example/, ,https://b.example"
    assert read(ALLOWED_RETURN_URLS=listed_urls).allowed_return_urls == {
        "https://a.example/done", "https://a.example/", "https://b.example",
    }  # fmt: skip


def test_a_blank_entry_never_allows_the_empty_url_or_origin() -> None:
    found = read(ALLOWED_RETURN_URLS=",,", ALLOWED_ORIGINS=" , ")
    assert "" not in found.allowed_return_urls | found.allowed_origins


def test_numbers_and_json_are_read() -> None:
    found = read(MAX_VERIFICATION_ATTEMPTS=" 7 ", VERIFICATION_OPTIONS='{"document": {"a": true}}')
    assert found.max_verification_attempts == 7
    assert found.verification_options == {"document": {"a": True}}


@pytest.mark.parametrize(
    ("name", "value"), [("MAX_VERIFICATION_ATTEMPTS", "many"), ("VERIFICATION_OPTIONS", "{")]
)
def test_a_mistake_in_the_template_stops_the_start(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(**{name: value})


def test_the_settings_of_a_process_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_everything()
    monkeypatch.setenv("DEPLOYMENT", "first")
    monkeypatch.setenv("STRIPE_MODE", "test")
    assert settings().deployment == "first"
    monkeypatch.setenv("DEPLOYMENT", "second")
    assert settings().deployment == "first"
    forget_everything()


@pytest.mark.parametrize(
    ("text", "entries"),
    [("", []), (" ", []), (",", []), ("a", ["a"]), (" a ,,b, ", ["a", "b"]), ("b,a", ["b", "a"])],
)
def test_a_list_has_its_entries_in_their_order_without_blanks(
    text: str, entries: list[str]
) -> None:
    assert split_list(text) == entries


def test_in_lambda_a_function_names_every_setting_that_it_lacks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "SessionCreation")
    monkeypatch.setenv("DEPLOYMENT", "countersign-test")
    monkeypatch.setenv("STRIPE_SECRET", " ")
    monkeypatch.delenv("IDENTITY_TABLE", raising=False)
    with pytest.raises(MissingSettings, match=r"environment: IDENTITY_TABLE, STRIPE_SECRET$"):
        require_settings("DEPLOYMENT", "IDENTITY_TABLE", "STRIPE_SECRET")


def test_outside_lambda_a_function_can_be_imported_without_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)
    monkeypatch.delenv("IDENTITY_TABLE", raising=False)
    require_settings("IDENTITY_TABLE")
