"""What a user is called in the log."""

import pytest

from countersign.crypto.minted import fingerprint
from countersign.crypto.pseudonyms import pseudonym_of
from tests.support.processes import forget_settings
from tests.support.quick_secrets import put_secret

USER, OTHER = f"{'a' * 16}#user_1", f"{'a' * 16}#user_2"


@pytest.fixture(autouse=True)
def keys(deployment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    have_key(monkeypatch, "one")


def have_key(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("TOKEN_SECRET", put_secret(f"pseudonyms-{key}", TOKEN_KEY=key))
    forget_settings()


def test_a_user_has_one_pseudonym_and_two_users_have_two() -> None:
    assert pseudonym_of(USER) == pseudonym_of(USER) != pseudonym_of(OTHER)


def test_nobody_without_the_key_can_tell_whose_pseudonym_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = pseudonym_of(USER)
    assert found not in fingerprint(USER)
    have_key(monkeypatch, "another")
    assert pseudonym_of(USER) != found
