"""The words of the pages, in every language."""

import json
import re
from itertools import product
from pathlib import Path

import pytest

from countersign.pages import documents
from countersign.pages.refusal_pages import REFUSALS
from tests.pages.conftest import DOCUMENTS
from tests.support.gateway import Caller
from tools.functions import FUNCTIONS
from tools.scripts import WEB

PAGES = Path(documents.__file__).parent
LANGUAGES = ("en", "ja", "fr")
WORDS: dict[str, dict[str, str]] = {
    language: json.loads((PAGES / "messages" / f"{language}.json").read_text(encoding="utf-8"))
    for language in LANGUAGES
}
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in (WEB / "pages").glob("*.js")}

CALLS = "".join(path.read_text(encoding="utf-8") for path in FUNCTIONS.glob("*/*.py"))
SAID = re.findall(r'words\["([a-z.]+)"\]', CALLS)
"""The messages that a call names, in what a browser's own dialog is to show."""

LAST_ERRORS = (
    "abandoned",
    "consent_declined",
    "country_not_supported",
    "device_not_supported",
    "document_expired",
    "document_type_not_supported",
    "document_unverified_other",
    "email_unverified_other",
    "email_verification_declined",
    "id_number_insufficient_document_data",
    "id_number_mismatch",
    "id_number_unverified_other",
    "phone_unverified_other",
    "phone_verification_declined",
    "selfie_document_missing_photo",
    "selfie_face_mismatch",
    "selfie_manipulated",
    "selfie_unverified_other",
    "under_supported_age",
)
"""https://docs.stripe.com/api/identity/verification_sessions/object, `last_error.code`."""
CLIENT_ERRORS = (
    "consent_declined",
    "device_unsupported",
    "under_supported_age",
    "phone_otp_declined",
    "email_verification_declined",
)
"""https://docs.stripe.com/identity/verify-identity-documents, event error codes."""


def without_addresses(text: str) -> str:
    """A message without what is written the same in every language."""
    return re.sub(r"https://\S*", "", text)


def named_in_documents() -> set[str]:
    """The messages that the HTML names; `{{.text}}` is the page's own, or that of each refusal."""
    refusals = [f"callback.{kind}" for kind in (*REFUSALS, "unavailable", "internal", "other")]
    named = set()
    for path in (PAGES / "html").iterdir():
        names = refusals if path.stem.startswith("callback") else [path.stem]
        for key in re.findall(r"\{\{([a-z_.]+)\}\}", path.read_text(encoding="utf-8")):
            named |= {name + key for name in names} if key.startswith(".") else {key}
    return named


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("ja", "ja"),
        ("ja-JP", "ja"),
        ("JA-jp", "ja"),
        ("fr-CH, fr;q=0.9, en;q=0.8, *;q=0.5", "fr"),
        ("de, fr;q=0.3, ja;q=0.7", "ja"),
        ("de-AT,de;q=0.9", "en"),
        ("fr;q=0, en", "en"),
        ("fr ; q=0.5 , ja ; Q=0.4", "fr"),
        ("fr;q=0.5, ja;q=0.5", "fr"),
        ("*", "en"),
        ("fr;q=2, ja;q=0.1", "ja"),
        ("fr;q=nan, ja;q=-1, fr;q=high, ja;level=1", "en"),
        (",;=, ;q=1,,", "en"),
        ("french", "en"),
    ],
)
def test_a_visitor_reads_the_language_they_like_best(
    visitor: Caller, accepted: str, language: str
) -> None:
    answer = visitor.get("/verify", headers={"accept-language": accepted})
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["content-language"] == language
    assert answer.headers["vary"] == "Accept-Language"


@pytest.mark.parametrize(("path", "language"), list(product(DOCUMENTS, LANGUAGES)))
def test_a_document_has_all_its_words_and_one_heading(
    visitor: Caller, path: str, language: str
) -> None:
    headers = {"accept": "text/html", "accept-language": language}
    text = visitor.get(path, headers=headers).text
    assert "{{" not in text
    assert len(re.findall(r"<h1[ >]", text)) == 1
    assert len(re.findall(r"<main[ >]", text)) == 1
    heading = re.search(r"<h1[^>]*>(.+)</h1>", text)
    assert heading
    assert f"<title>{heading[1]} · Countersign</title>" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_messages_with_the_same_values(language: str) -> None:
    def values(words: dict[str, str]) -> dict[str, list[str]]:
        return {key: sorted(re.findall(r"\{(\w+)\}", text)) for key, text in words.items()}

    assert values(WORDS[language]) == values(WORDS["en"])
    assert all(text.strip() for text in WORDS[language].values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_stripes_has_its_own_words(language: str) -> None:
    words = WORDS[language]
    reasons = [words[f"last_error.{code}"] for code in (*LAST_ERRORS, "other")]
    assert len(set(reasons)) == len(reasons)
    headings = [words[f"refusal.{code}.heading"] for code in (*CLIENT_ERRORS, "other")]
    texts = [words[f"refusal.{code}.text"] for code in (*CLIENT_ERRORS, "other")]
    assert len(set(headings)) == len(set(texts)) == len(headings)


def test_every_refusal_in_the_modal_leads_to_a_step_of_its_own() -> None:
    table = re.search(r"const OFFERS = \{(.*?)\};", SCRIPTS["verification.js"], re.DOTALL)
    assert table
    offered = dict(re.findall(r"(\w+): \[(.+)\]", table[1]))
    assert offered.keys() == {*CLIENT_ERRORS, "other"}


def test_every_message_that_is_named_exists() -> None:
    for name, script in SCRIPTS.items():
        for key in re.findall(r'\bt\("([a-z_.]+)"', script):
            assert key in WORDS["en"], f"{name}: {key}"
    notices = re.search(r"const NOTICES = \{(.*?)\};", SCRIPTS["notices.js"], re.DOTALL)
    assert notices
    for notice in re.findall(r': "(\w+)"', notices[1]):
        assert f"notice.{notice}" in WORDS["en"]
    reasons = re.search(r"const REASONS = \{(.*?)\};", SCRIPTS["browsers.js"], re.DOTALL)
    assert reasons
    for key in [*re.findall(r': "([a-z.]+)"', reasons[1]), *SAID]:
        assert key in WORDS["en"]


def test_every_message_is_used() -> None:
    scripts = "".join(SCRIPTS.values())
    chosen = tuple(re.findall(r"`([a-z_]+\.)\$\{", scripts))  # as in t(`state.${name}.heading`)
    named = named_in_documents() | set(re.findall(r'"([a-z_.]+)"', scripts)) | set(SAID)
    left = {key for key in WORDS["en"] if key not in named and not key.startswith(chosen)}
    assert left == set()


def longest_word(language: str) -> int:
    """The most letters of a language that no line can be broken between."""
    words = [re.sub(r"\{\w+\}", "", without_addresses(text)) for text in WORDS[language].values()]
    return max(len(word) for text in words for word in re.split(BREAKS, text))


BREAKS = r"[\s\u3001-\u30ff\u4e00-\u9fff\uff00-\uffef-]+"
"""Between words, and between any two characters of Japanese."""


def test_what_fits_in_french_fits_in_every_language() -> None:
    """Every state of every page is looked at in French alone (tests/browser/looks.py)."""
    assert max(map(longest_word, LANGUAGES)) == longest_word("fr") < 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_apostrophes_and_quotes_are_those_of_print(language: str) -> None:
    assert not [text for text in WORDS[language].values() if "'" in text or '"' in text]


def test_french_marks_keep_to_their_word() -> None:
    for text in map(without_addresses, WORDS["fr"].values()):
        assert not re.search(r"[^\u00a0\u202f][;:!?»]", text), text


def test_japanese_is_punctuated_as_japanese() -> None:
    for text in map(without_addresses, WORDS["ja"].values()):
        plain = re.sub(r"\{\w+\}", "", text)
        assert not re.search(r"[,;:!?()]", plain), text
