"""A merchant in front of the running service, who installs the app on Stripe's side."""

import threading
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.support.service import Service, new_user

STAND_IN = "/_local/stripe"


class Merchant:
    """A user with a browser and a Stripe account, to which nobody else's test comes."""

    def __init__(self, service: Service, user: str = "", name: str = "") -> None:
        self.service = service
        self.user = user or new_user("merchant")
        self.headers = service.as_user(self.user)
        self.browser = httpx.Client(base_url=service.url, timeout=40, trust_env=False)
        made = service.http.post(f"{STAND_IN}/_accounts", json={"name": name or self.user})
        self.account: str = made.json()["id"]

    def state(self, **body: Any) -> str:
        """The state of a fresh link; the browser keeps the cookie."""
        answer = self.browser.post("/install-links", headers=self.headers, json=body)
        assert answer.status_code == 201, answer.text
        # Kept by hand: the client knows no host but https ones for a Secure cookie.
        cookie = answer.headers["set-cookie"].split(";")[0]
        self.browser.headers["cookie"] = cookie
        return str(parse_qs(urlsplit(answer.json()["url"]).query)["state"][0])

    def installed(self, state: str, account: str | None = None) -> str:
        """Install on Stripe's page; returns where it sends the browser."""
        body = {"account": account or self.account, "state": state}
        answer = self.service.http.post(f"{STAND_IN}/_install", json=body)
        assert answer.is_success, answer.text
        return str(answer.json()["redirect"])

    def connect(self) -> httpx.Response:
        """The whole way."""
        return self.browser.get(self.installed(self.state()))

    def view(self) -> dict[str, Any]:
        answer = self.service.http.get(f"/installations/{self.account}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def eventually(self, **members: Any) -> dict[str, Any]:
        """The installation once it has these members."""
        pause = threading.Event()
        for _ in range(150):
            view = self.view()
            if members.items() <= view.items():
                return view
            pause.wait(0.1)
        raise AssertionError(f"{view} never had {members}")
