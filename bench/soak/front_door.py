"""The callers at the whole front door, who send webhooks as Stripe does."""

import threading
import time

import httpx

from bench.soak.deliveries import Parcel
from bench.soak.worker import request
from local.stripe_settings import STAND_IN_WEBHOOK_SECRETS

CALLERS = 4


class FrontDoor:
    """A few callers that send webhooks as Stripe does."""

    def __init__(self, url: str, parcels: list[Parcel]) -> None:
        self._url, self._left = url, parcels[::-1]
        self._secrets = STAND_IN_WEBHOOK_SECRETS.split(",")
        self._threads = [threading.Thread(target=self._call, daemon=True) for _ in range(CALLERS)]
        self.latencies: list[int] = []
        self.outcomes: dict[str, int] = {}
        self.undelivered = 0

    @property
    def done(self) -> int:
        return len(self.latencies)

    @property
    def is_calling(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _call(self) -> None:
        with httpx.Client(base_url=self._url, timeout=40, trust_env=False) as http:
            while True:
                try:
                    parcel = self._left.pop()
                except IndexError:
                    return
                self._deliver(http, parcel)

    def _deliver(self, http: httpx.Client, parcel: Parcel) -> None:
        for pause in (0.5, 1, 2, 4, 8, None):
            sent = request(parcel["body"], self._secrets[parcel["secret"]])
            began = time.perf_counter_ns()
            try:
                answer = http.post("/webhook", content=sent["body"], headers=sent["headers"])
                status = answer.status_code
            except httpx.HTTPError:
                status = 0
            took = (time.perf_counter_ns() - began) // 1000
            outcome = answer.json()["outcome"] if status == 200 else str(status)
            key = f"front door {outcome}"
            self.outcomes[key] = self.outcomes.get(key, 0) + 1
            if status == 200 or pause is None:
                self.latencies.append(took)
                self.undelivered += status != 200
                return
            time.sleep(pause)
