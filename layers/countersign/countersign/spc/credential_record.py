"""What is stored of a payment credential and of the browsers that it was used in. Pure.

Item `credential#<id>`. Its `browser_keys` has an entry for each browser, named by the thumbprint of
the key that the browser has bound to the credential (SPC, section 4.2).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal, Self

from countersign.formats import base64url
from countersign.formats.records import Item, from_members
from countersign.spc.protocol.credential import Credential
from countersign.spc.refusals import browser_not_found

MOST_PENDING = 5
"""Browsers of one credential that may wait for approval. Further ones are not kept."""
_PREFIX = "credential#"


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser that a credential was used in; `created` is when it was first seen, Unix seconds.
    Its owner trusts it or has not approved it yet. `has_trust` says that it has a record of what it
    is trusted for: see `trust_record`.
    """

    status: Literal["trusted", "pending"]
    created: int
    has_trust: bool = False

    def to_item(self) -> Item:
        """Return the browser's entry of its credential's item."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRecord:
    """A registered credential. `id` and `user_handle` are base64url, `public_key` is
    SubjectPublicKeyInfo in DER, which loads fastest. `rev` is one more with every change.
    `has_trust` says that the credential itself has a record of what it is trusted for: see
    `trust_record`.
    """

    id: str
    user: str
    user_handle: str
    public_key: bytes
    algorithm: int
    sign_count: int
    backup_eligible: bool
    backed_up: bool
    created: int
    last_used: int | None = None
    browsers: Mapping[str, Browser] = field(default_factory=dict)
    has_trust: bool = False
    rev: int = 1

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Return the record of a stored credential."""
        browsers = item["browser_keys"].items()
        return cls(
            id=str(item["pk"]).removeprefix(_PREFIX),
            user=item["user"],
            user_handle=item["user_handle"],
            public_key=base64url.decode(item["public_key"]),
            algorithm=item["algorithm"],
            sign_count=item["sign_count"],
            backup_eligible=item["backup_eligible"],
            backed_up=item["backed_up"],
            created=item["created"],
            last_used=item["last_used"],
            browsers={key: from_members(Browser, entry) for key, entry in browsers},
            has_trust=item["has_trust"],
            rev=item["rev"],
        )

    def to_item(self) -> Item:
        """Return the item to store."""
        return {
            "pk": self.pk,
            "user": self.user,
            "user_handle": self.user_handle,
            "public_key": base64url.encode(self.public_key),
            "algorithm": self.algorithm,
            "sign_count": self.sign_count,
            "backup_eligible": self.backup_eligible,
            "backed_up": self.backed_up,
            "created": self.created,
            "last_used": self.last_used,
            "browser_keys": {key: browser.to_item() for key, browser in self.browsers.items()},
            "has_trust": self.has_trust,
            "rev": self.rev,
        }

    @property
    def pk(self) -> str:
        """Where the credential is stored."""
        return credential_pk(self.id)

    def verifiable(self) -> Credential:
        """Return what verifying a response needs of the credential."""
        return Credential(
            id=self.id,
            user_handle=self.user_handle,
            public_key=self.public_key,
            algorithm=self.algorithm,
            sign_count=self.sign_count,
            backup_eligible=self.backup_eligible,
        )

    def browser(self, key_id: str) -> Browser:
        """Return a browser of the credential; raises 404 `browser_key_not_found`."""
        found = self.browsers.get(key_id)
        if found is None:
            raise browser_not_found()
        return found

    def trusts(self, key_id: str | None) -> bool:
        """Return whether this is a browser that the credential's owner trusts."""
        found = self.browsers.get(key_id) if key_id is not None else None
        return found is not None and found.status == "trusted"

    @property
    def has_trusted_browser(self) -> bool:
        """Whether the credential's owner trusts any browser with it."""
        return any(browser.status == "trusted" for browser in self.browsers.values())

    @property
    def is_enough_alone(self) -> bool:
        """Whether the credential's own word can be enough without a browser's key: it cannot be
        copied, and knows no browser that has bound one.
        """
        return not self.backup_eligible and not self.browsers

    @property
    def has_room(self) -> bool:
        """Whether another browser may wait for approval."""
        waiting = [browser for browser in self.browsers.values() if browser.status == "pending"]
        return len(waiting) < MOST_PENDING


def credential_pk(credential_id: str) -> str:
    """Return where a credential is stored."""
    return f"{_PREFIX}{credential_id}"
