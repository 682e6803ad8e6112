"""What Stripe adds to an install link's callback, and every way to change one character of it."""

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from countersign.installs.install_signature import is_install_signed
from tests.support.clock import START

MEMBERS = ("state", "user_id", "account_id", "header", "secret")


@dataclass(frozen=True)
class SignedCallback:
    """A callback's values, and the secret that its header was, or was not, made with."""

    state: str
    user_id: str
    account_id: str
    header: str
    secret: str

    def is_accepted(self, secrets: Sequence[str] | None = None, now: float = START) -> bool:
        """Whether the package takes it for Stripe's, with these secrets instead of its own."""
        trusted = [self.secret] if secrets is None else secrets
        return is_install_signed(
            self.header, self.state, self.user_id, self.account_id, trusted, now
        )

    def all_edits(self, member: str) -> Iterator["SignedCallback"]:
        """Each with one character of a member changed, added or left out; of ASCII, the printable."""
        text: str = getattr(self, member)
        for place in range(len(text) + 1):
            before, after = text[:place], text[place:]
            found = {before + after[1:]}
            for character in string.printable:
                found |= {before + character + after, before + character + after[1:]}
            yield from (self._with(member, edit) for edit in found - {text})

    def edits(self, member: str) -> st.SearchStrategy["SignedCallback"]:
        """Any one of such changes, by any character of Unicode."""
        text: str = getattr(self, member)
        # A key of HMAC-SHA256 ends where its zeros begin.
        character = st.characters(codec="utf-8", exclude_characters="\0")
        made = st.builds(
            lambda place, new, left_out: text[:place] + new + text[place + left_out :],
            st.integers(0, len(text)),
            st.just("") | character,
            st.sampled_from([0, 1]),
        )
        differing = made.filter(lambda edit: edit != text)
        return differing.map(lambda edit: self._with(member, edit))

    def _with(self, member: str, text: str) -> "SignedCallback":
        return replace(self, **{member: text})
