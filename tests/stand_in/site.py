"""A site of another origin than the stand-in's, whose page loads its Stripe.js under a strict policy."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from tests.support.browser import Profiles
from tests.support.stand_in import StandIn

PHONE = {"width": 390, "height": 844}

PAGE = """<!doctype html><html lang="en"><title>Site</title>
<script src="{home}/v3/"></script><script src="/site.js"></script>
<button id="verify">Verify</button><div id="card"></div></html>"""
SCRIPT = """
window.begin = (secret) => { window.begun = Stripe("pk_test_local").verifyIdentity(secret); };
window.load = (account) => {
  window.stripe = Stripe("pk_test_local", { stripeAccount: account });
  window.elements = window.stripe.elements();
  window.changes = [];
  const element = window.elements.create("payment").mount("#card");
  element.on("change", (state) => window.changes.push(state));
};
"""


@contextmanager
def site_page(profiles: Profiles, stand_in: StandIn) -> Iterator[Page]:
    """The site at `localhost`, while the stand-in is at `127.0.0.1`."""
    home = stand_in.config.public_url
    policy = f"default-src 'none'; script-src 'self' {home}; frame-src {home}"

    async def site(_: Request) -> Response:
        headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"}
        return HTMLResponse(PAGE.format(home=home), headers=headers)

    async def script(_: Request) -> Response:
        return Response(SCRIPT, media_type="text/javascript")

    assert stand_in.app is not None
    stand_in.door.app = Starlette(
        routes=[Route("/site", site), Route("/site.js", script), Mount("/", stand_in.app)]
    )
    with profiles.lent(viewport=PHONE, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(home.replace("127.0.0.1", "localhost") + "/site")
        yield page
