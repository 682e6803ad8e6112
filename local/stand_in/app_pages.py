"""The pages of a merchant: the one of an install link, and the list of installed apps."""

from collections.abc import Iterator
from html import escape
from typing import Any, Literal
from urllib.parse import urlsplit

from starlette.responses import Response

from local.stand_in import accounts, installs
from local.stand_in.accounts import Account
from local.stand_in.backend import Backend
from local.stand_in.pages import fill, notice, page, problem_text, radio

LinkProblem = Literal["unknown_app", "malformed", "redirect_not_allowed"]

_MODE_NAMES = {False: "Test mode", True: "Live mode"}
_NOTICES: dict[LinkProblem, tuple[int, str, str]] = {
    "unknown_app": (
        404,
        "There is no such app",
        "The only app that this install link can name here is {app_id} (STRIPE_APP_ID). Nothing was"
        " installed, and you were not sent on.",
    ),
    "malformed": (
        400,
        "This install link is malformed",
        "Its query is not text in UTF-8. Go back to the site that sent you here and start again.",
    ),
    "redirect_not_allowed": (
        400,
        "This install link cannot lead back",
        "Its redirect_uri is missing, or does not agree in every character with one of the app's"
        " allowed_redirect_uris: {allowed}. Nothing was installed, and you were not sent on.",
    ),
}


def link(backend: Backend, redirect_uri: str, problem: str = "") -> Response:
    """Return the page of an install link: what asks, on which account and in which mode."""
    return page(
        "link.html",
        400 if problem else 200,
        app=escape(installs.APP_NAME),
        app_id=escape(backend.config.app_id),
        site=escape(urlsplit(redirect_uri).netloc),
        permissions="\n".join(f"<li>{escape(text)}</li>" for text in installs.PERMISSIONS.values()),
        problem=problem_text(problem),
        accounts="\n".join(_accounts(backend)),
        modes="\n".join(_modes()),
    )


def refused(backend: Backend, reason: LinkProblem) -> Response:
    """Return an error that stays here: to send anybody on would be to trust the link."""
    status, title, text = _NOTICES[reason]
    config = backend.config
    text = text.format(app_id=config.app_id, allowed=", ".join(config.redirect_uris))
    return notice(status, title, escape(text), root="../../../")


def installed(backend: Backend) -> Response:
    """Return every installation, with a button to undo it."""
    names = {account.id: account.name for account in accounts.merchants(backend)}
    found = [_install(install, names) for install in installs.newest_first(backend)]
    text = "\n".join(found) or "<p>No account has the app.</p>"
    return page("apps.html", installs=text)


def _accounts(backend: Backend) -> Iterator[str]:
    for position, account in enumerate(accounts.merchants(backend)):
        hint = f"{account.id} · {_state(backend, account)}"
        yield radio("account", account.id, account.name, hint, checked=position == 0)


def _state(backend: Backend, account: Account) -> str:
    modes = [
        name.lower()
        for livemode, name in _MODE_NAMES.items()
        if installs.find(backend, account.id, livemode=livemode)
    ]
    return f"installed ({', '.join(modes)})" if modes else "not installed"


def _modes() -> Iterator[str]:
    yield radio("mode", "test", _MODE_NAMES[False], "For trying it out.", checked=True)
    yield radio("mode", "live", _MODE_NAMES[True], "For real payments.", checked=False)


def _install(install: dict[str, Any], names: dict[str, str]) -> str:
    return fill(
        "install.html",
        app=escape(installs.APP_NAME),
        account=escape(names[install["account"]]),
        account_id=escape(install["account"]),
        mode=_MODE_NAMES[install["livemode"]].lower(),
        id=escape(install["id"]),
        pending=_pending(install),
    )


def _pending(install: dict[str, Any]) -> str:
    """Return what the app may not do yet, with a button to agree to it; nothing where there is
    nothing.
    """
    purposes = [installs.PERMISSIONS.get(name, name) for name in install["permissions_pending"]]
    texts = "\n".join(f"<li>{escape(text)}</li>" for text in purposes)
    return fill("pending.html", id=escape(install["id"]), permissions=texts) if texts else ""
