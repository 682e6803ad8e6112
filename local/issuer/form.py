"""The one page of the sign-in: a form that asks for a name."""

from collections.abc import Mapping
from html import escape

from starlette.responses import Response

from local.issuer.sign_in import NAME_LIMIT
from local.pages import alert, page, paragraph

# What a request carries and the form must bring back.
_CARRIED = (
    *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
    *("code_challenge", "code_challenge_method"),
)


def sign_in_form(
    address: str, query: Mapping[str, str], origins: tuple[str, ...], *, refused: bool = False
) -> Response:
    """Return the page for an authorization request; `refused` says that the name in it would not
    do.
    """
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(query[name])}">'
        for name in _CARRIED
        if name in query
    )
    name = escape(query.get("name", query.get("login_hint", "")))
    problem = alert(f"Please enter a name of 1 to {NAME_LIMIT} characters.") if refused else ""
    marked = ' aria-invalid="true" aria-describedby="problem"' if refused else ""
    body = (
        f"{paragraph('Any name will do here; the same name is the same person again.')}{problem}"
        f'<form method="post" action="{escape(address)}">{hidden}'
        '<label for="name">Your name</label>'
        f'<input id="name" name="name" value="{name}" maxlength="{NAME_LIMIT}"'
        f' autocomplete="nickname" required autofocus{marked}><button>Sign in</button></form>'
    )
    return page("Sign in", body, 422 if refused else 200, form_targets=origins)
