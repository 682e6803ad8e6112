"""What the calls of this function share."""

from countersign.http.api import create_api

api = create_api()
