"""What is stored of a payment credential and of the browsers that it was used in. Pure.

Item `credential#<id>`. Its `browser_keys` has an entry for each browser, named by the thumbprint of
the key that the browser has bound to the credential (SPC, section 4.2).
"""

from collections.abc import Mapping
from typing import Literal, Self

from msgspec import Struct, field

from countersign.formats import base64url
from countersign.formats.records import Item, from_members, to_members
from countersign.spc.protocol.credential import Credential
from countersign.spc.refusals import browser_not_found

MOST_PENDING = 5
"""Browsers of one credential that may wait for trust. Further ones are not kept."""
SuspendedFor = Literal["counter", "backup"]
_PREFIX = "credential#"


class Browser(Struct, frozen=True):
    """A browser that a credential was used in; `created` is when it was first seen, Unix seconds.
    `has_trust` says that it has a record of what it is trusted for: see `trust_record`.
    """

    created: int
    has_trust: bool = False

    def to_item(self) -> Item:
        """Return the browser's entry of its credential's item."""
        return to_members(self)


class TrustGiven(Struct, frozen=True):
    """Trust that was given to a credential in a browser, `None` for one that binds no key:
    `everywhere`, or at these accounts. `at` is in Unix seconds, and `rev` is the credential's
    revision with it.
    """

    at: int
    rev: int
    browser: str | None
    everywhere: bool = False
    accounts: tuple[str, ...] = ()

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Return what is stored with its credential."""
        return cls(
            item["at"],
            item["rev"],
            item["browser"],
            everywhere=item["everywhere"],
            accounts=tuple(item["accounts"]),
        )

    def to_item(self) -> Item:
        """Return what is stored with its credential."""
        return to_members(self) | {"accounts": list(self.accounts)}


class CredentialRecord(Struct, frozen=True, kw_only=True):
    """A registered credential. `id` and `user_handle` are base64url, `public_key` is
    SubjectPublicKeyInfo in DER, which loads fastest. `sign_count` is the highest count of all,
    `counted` has the latest that were accepted. `has_trust` says that the credential itself has a
    record of what it is trusted for: see `trust_record`. `trust_given` is the last trust that was
    given to it in any browser. `rev` is one more with every change.

    A credential that can never answer again is suspended, and says since when and for which reason:
    its counter fell, or its backup eligibility changed.
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
    counted: tuple[int, ...] = ()
    suspended_at: int | None = None
    suspended_for: SuspendedFor | None = None
    trust_given: TrustGiven | None = None
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
            counted=tuple(item["counted"]),
            suspended_at=item.get("suspended_at"),
            suspended_for=item.get("suspended_for"),
            trust_given=TrustGiven.from_item(given) if (given := item.get("trust_given")) else None,
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
            "counted": list(self.counted),
            "rev": self.rev,
            **({"trust_given": self.trust_given.to_item()} if self.trust_given else {}),
        }

    @property
    def pk(self) -> str:
        """Where the credential is stored."""
        return credential_pk(self.id)

    @property
    def is_suspended(self) -> bool:
        """Whether the credential can never answer again."""
        return self.suspended_at is not None

    def verifiable(self, began_at_count: int) -> Credential:
        """Return what verifying a response needs of the credential, whose counter was this when the
        ceremony began.
        """
        return Credential(
            id=self.id,
            user_handle=self.user_handle,
            public_key=self.public_key,
            algorithm=self.algorithm,
            sign_count=began_at_count,
            backup_eligible=self.backup_eligible,
            counted=self.counted,
            is_suspended=self.is_suspended,
        )

    def browser(self, key_id: str) -> Browser:
        """Return a browser of the credential; raises 404 `browser_key_not_found`."""
        found = self.browsers.get(key_id)
        if found is None:
            raise browser_not_found()
        return found

    @property
    def is_enough_alone(self) -> bool:
        """Whether the credential's own word can be enough without a browser's key: it cannot be
        copied, and knows no browser that has bound one.
        """
        return not self.backup_eligible and not self.browsers

    @property
    def has_room(self) -> bool:
        """Whether another browser may wait for trust."""
        waiting = [browser for browser in self.browsers.values() if not browser.has_trust]
        return len(waiting) < MOST_PENDING


def credential_pk(credential_id: str) -> str:
    """Return where a credential is stored."""
    return f"{_PREFIX}{credential_id}"
