"""What a merchant visits: the page of an install link, and the Dashboard's list of its apps."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from local.stand_in import accounts, app_pages, forms, install_links, installs
from local.stand_in.app_pages import LinkProblem
from local.stand_in.backend import Backend
from local.stand_in.errors import StripeError
from local.stand_in.install_links import Installed

_MODES = {"test": False, "live": True}


@dataclass(frozen=True)
class Link:
    """An install link that is in order; `state` is None when it has none."""

    redirect_uri: str
    state: str | None


class LinkRefused(Exception):
    """An install link that must not lead anywhere, and why."""

    def __init__(self, reason: LinkProblem) -> None:
        super().__init__(reason)
        self.reason = reason


def install(backend: Backend, link: Link, account_id: str, *, livemode: bool) -> str:
    """Install, and return the address that the browser is sent to. Raises StripeError 404 when
    there is no such account.
    """
    account, config = accounts.merchant(backend, account_id), backend.config
    installs.add(backend, account, livemode=livemode)
    done = Installed(account.user, account.id, link.state, livemode)
    now = int(backend.now())
    return install_links.success_url(link.redirect_uri, done, config.app_secrets, now)


async def show_link(request: Request) -> Response:
    """Return the page on which a person chooses the account and the mode."""
    backend = _backend(request)
    try:
        link = _read_link(request)
    except LinkRefused as refusal:
        return app_pages.refused(backend, refusal.reason)
    return app_pages.link(backend, link.redirect_uri)


async def answer_link(request: Request) -> Response:
    """Install or cancel, and lead back to the site. The link is read from the address again, in
    which no character of its state has changed.
    """
    backend = _backend(request)
    try:
        link = _read_link(request)
    except LinkRefused as refusal:
        return app_pages.refused(backend, refusal.reason)
    try:
        form = dict(forms.decode(await request.body()))
        if "cancel" in form:
            return RedirectResponse(install_links.canceled_url(link.redirect_uri), 303)
        livemode = _livemode(form)
        with backend.store.transaction():
            address = install(backend, link, form.get("account", ""), livemode=livemode)
    except StripeError as error:
        return app_pages.link(backend, link.redirect_uri, str(error))
    return RedirectResponse(address, 303)


async def list_installs(request: Request) -> Response:
    return app_pages.installed(_backend(request))


async def change_install(request: Request) -> Response:
    """Uninstall, or agree to what the app asks for, unless that has been done already, and show
    the list.
    """
    backend = _backend(request)
    form = dict(forms.decode(await request.body()))
    with backend.store.transaction():
        for install in installs.newest_first(backend):
            if install["id"] == form.get("install"):
                installs.remove(backend, install)
            elif install["id"] == form.get("agree"):
                installs.agree(backend, install)
    return RedirectResponse("apps", 303)  # beside this page, wherever it is mounted


def _read_link(request: Request) -> Link:
    """Raise LinkRefused unless the app is ours and the address is one that its manifest allows."""
    config = _backend(request).config
    if request.path_params["app_id"] != config.app_id:
        raise LinkRefused("unknown_app")
    try:
        query = dict(forms.decode(request.scope["query_string"]))
    except StripeError as error:
        raise LinkRefused("malformed") from error
    if query.get("redirect_uri") not in config.redirect_uris:
        raise LinkRefused("redirect_not_allowed")
    return Link(query["redirect_uri"], query.get("state"))


def _livemode(form: dict[str, str]) -> bool:
    mode = form.get("mode", "")
    if mode not in _MODES:
        raise StripeError("Choose one of the modes.", param="mode")
    return _MODES[mode]


def _backend(request: Request) -> Backend:
    backend: Backend = request.app.state.backend
    return backend
