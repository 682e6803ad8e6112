"""dj-stripe's webhook view as a contestant, called as a WSGI server calls it.

It runs in an environment of its own (`requirements.txt`), with `DATABASE_PORT` and `STRIPE_API`. No
middleware, and a connection to PostgreSQL that is kept: both spare it work.
"""
# mypy: disable-error-code=import-not-found

import io
import os
import sys
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command

from docs.peers.lines import serve

UUID = "b1a6c1fc-3d7c-4c6a-9a57-5f4d3a8f0a11"
SECRET = "whsec_local_account"


def configure() -> None:
    """Set Django up with dj-stripe alone, and make its tables from its models: to go through all of
    its migrations takes minutes.
    """
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "dj_stripe",
        "USER": "postgres",
        "HOST": "127.0.0.1",
        "PORT": os.environ["DATABASE_PORT"],
        "CONN_MAX_AGE": None,
    }
    settings.configure(
        ALLOWED_HOSTS=["*"],
        DATABASES={"default": database},
        DJSTRIPE_FOREIGN_KEY_TO_FIELD="id",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "djstripe"],
        MIGRATION_MODULES=dict.fromkeys(("auth", "contenttypes", "djstripe")),
        ROOT_URLCONF="djstripe.urls",
        SECRET_KEY="peers",
        STRIPE_API_HOST=os.environ["STRIPE_API"],
        STRIPE_LIVE_MODE=False,
        STRIPE_TEST_SECRET_KEY="sk_test_" + "p" * 24,
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)


class DjStripe:
    """The view behind Django's WSGI application, with a webhook endpoint as its admin makes one."""

    def __init__(self) -> None:
        from django.core.wsgi import get_wsgi_application
        from djstripe.models import WebhookEndpoint

        endpoint = {
            "id": "we_1SQpeers",
            "object": "webhook_endpoint",
            "api_version": "2026-10-28.endive",
            "enabled_events": ["*"],
            "livemode": False,
            "metadata": {"djstripe_uuid": UUID},
            "secret": SECRET,
            "status": "enabled",
            "url": f"https://example.com/webhook/{UUID}",
        }
        WebhookEndpoint.sync_from_stripe_data(endpoint)
        self._application = get_wsgi_application()

    def begin(self, subject: str, subject_id: str) -> None:
        """Nothing is stored before the first event."""

    def deliver(self, body: str, signature: str) -> int:
        sent, statuses = body.encode(), list[str]()
        environment = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": f"/webhook/{UUID}/",
            "SERVER_NAME": "example.com",
            "SERVER_PORT": "443",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/json; charset=utf-8",
            "CONTENT_LENGTH": str(len(sent)),
            "HTTP_STRIPE_SIGNATURE": signature,
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(sent),
            "wsgi.errors": sys.stderr,
        }
        response = self._application(environment, lambda status, _: statuses.append(status))
        b"".join(response)
        response.close()
        return int(statuses[0].split()[0])

    def status(self, subject: str, subject_id: str) -> str:
        from djstripe import models

        model: Any = models.VerificationSession if subject == "session" else models.PaymentIntent
        return str(model.objects.get(id=subject_id).stripe_data["status"])

    def requests(self) -> int:
        """Return none: PostgreSQL counts them."""
        return 0


if __name__ == "__main__":
    configure()
    serve(DjStripe())
