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
    return _page("home.html")


def hosted(visit: str, problem: str = "") -> Response:
    """The page of a session's url, ready for one submission."""
    return _page(
        "hosted.html", 400 if problem else 200,
        visit=html.escape(visit), problem=_problem(problem), choices=_choices(),
    )  # fmt: skip


def modal() -> Response:
    """The page inside the modal, which any site may frame, as Stripe's."""
    return _page("modal.html", choices=_choices(), ancestors="*")


def done() -> Response:
    """Where a session without a return_url ends."""
    return _notice(200, "Thank you", "That is all. You can close this page.")


def refused(reason: Reason) -> Response:
    return _notice(*_NOTICES[reason])


def refusal_message(reason: Reason) -> str:
    _, title, text = _NOTICES[reason]
    return f"{title}. {text}"


def _notice(status: int, title: str, text: str) -> Response:
    return _page("notice.html", status, title=title, text=text)


def _page(name: str, status: int = 200, *, ancestors: str = "'none'", **values: str) -> Response:
    headers = {
        "Content-Security-Policy": _POLICY.format(ancestors=ancestors),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    text = Template((ASSETS / name).read_text(encoding="utf-8")).substitute(values)
    return HTMLResponse(text, status, headers)


def _problem(text: str) -> str:
    return f'<p class="problem" role="alert">{html.escape(text)}</p>' if text else ""


def _choices() -> str:
    """The same choices on both pages, made from the one list of them."""
    template = Template((ASSETS / "choices.html").read_text(encoding="utf-8"))
    return template.substitute(
        submissions=_radios(SUBMISSIONS),
        refusals=_radios(REFUSALS),
        failures="\n".join(_option(code) for code in CHECK_FAILURES),
    )


def _option(code: str) -> str:
    reason = html.escape(last_error(code)["reason"])
    return f'<option value="{code}">{code}: {reason}</option>'


def _radios(choices: Iterable[Choice]) -> str:
    template = Template((ASSETS / "choice.html").read_text(encoding="utf-8"))
    return "\n".join(
        template.substitute(
            name=choice.name,
            label=html.escape(choice.label),
            hint=html.escape(choice.hint),
            checked="checked" if choice.name == "success" else "",
        )
        for choice in choices
    )
