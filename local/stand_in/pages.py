"""The pages for people: the hosted verification page, and the one inside the modal."""

import html
from collections.abc import Iterable
from pathlib import Path
from string import Template

from starlette.responses import HTMLResponse, Response

from local.stand_in.drive import REFUSALS, SUBMISSIONS, Choice
from local.stand_in.outcomes import CHECK_FAILURES, last_error
from local.stand_in.tokens import Reason

ASSETS = Path(__file__).parent / "assets"

# No form-action: after a submission the browser follows a redirect to the session's return_url,
# and that directive would bind every address on the way.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "frame-ancestors {ancestors}",
    )
)

_NOTICES: dict[Reason, tuple[int, str, str]] = {
    "unknown": (
        404,
        "This link leads nowhere",
        "It may be incomplete. Go back to the site that sent you here and start again from there.",
    ),
    "used": (
        410,
        "This link has been used",
        "A verification link is good for one visit. Go back to the site that sent you here: it can"
        " give you a new one.",
    ),
    "expired": (
        410,
        "This link has expired",
        "It was not opened in time. Go back to the site that sent you here: it can give you a new"
        " one.",
    ),
    "finished": (
        410,
        "There is nothing left to submit",
        "This verification has been submitted, or was ended. The site that sent you here knows how"
        " it went.",
    ),
}


def home() -> Response:
    return page("home.html")


def hosted(visit: str, problem: str = "") -> Response:
    """Return the page of a session's url, ready for one submission."""
    return page(
        "hosted.html", 400 if problem else 200,
        visit=html.escape(visit), problem=problem_text(problem), choices=_choices(),
    )  # fmt: skip


def modal() -> Response:
    """Return the page inside the modal, which any site may frame, as Stripe's."""
    return page("modal.html", choices=_choices(), ancestors="*")


def card() -> Response:
    """Return the fields of a card, which any site may frame, as Stripe's."""
    return page("card.html", ancestors="*")


def challenge() -> Response:
    """Return the page of 3-D Secure, which any site may frame, as Stripe's."""
    return page("challenge.html", ancestors="*")


def done() -> Response:
    """Return the page on which a session without a return_url ends."""
    return notice(200, "Thank you", "That is all. You can close this page.")


def refused(reason: Reason) -> Response:
    return notice(*_NOTICES[reason])


def refusal_message(reason: Reason) -> str:
    _, title, text = _NOTICES[reason]
    return f"{title}. {text}"


def notice(status: int, title: str, text: str, *, root: str = "../") -> Response:
    """Return a page that only says something; `root` leads from its address to the stand-in's."""
    return page("notice.html", status, title=title, text=text, root=root)


def page(name: str, status: int = 200, *, ancestors: str = "'none'", **values: str) -> Response:
    """Return a page made of a file of the assets; the values are HTML already."""
    headers = {
        "Content-Security-Policy": _POLICY.format(ancestors=ancestors),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return HTMLResponse(fill(name, **values), status, headers)


def fill(name: str, **values: str) -> str:
    """Return a file of the assets with the values, HTML already, in their places."""
    return Template((ASSETS / name).read_text(encoding="utf-8")).substitute(values)


def problem_text(text: str) -> str:
    return f'<p class="problem" role="alert">{html.escape(text)}</p>' if text else ""


def _choices() -> str:
    """Return the same choices on both pages, made from the one list of them."""
    return fill(
        "choices.html",
        submissions=_radios(SUBMISSIONS),
        refusals=_radios(REFUSALS),
        failures="\n".join(_option(code) for code in CHECK_FAILURES),
    )


def _option(code: str) -> str:
    reason = html.escape(last_error(code)["reason"])
    return f'<option value="{code}">{code}: {reason}</option>'


def _radios(choices: Iterable[Choice]) -> str:
    return "\n".join(
        radio("outcome", choice.name, choice.label, choice.hint, checked=choice.name == "success")
        for choice in choices
    )


def radio(group: str, value: str, label: str, hint: str, *, checked: bool) -> str:
    """Return one choice of a group, from plain text."""
    return fill(
        "choice.html",
        group=html.escape(group),
        value=html.escape(value),
        label=html.escape(label),
        hint=html.escape(hint),
        checked="checked" if checked else "",
    )
