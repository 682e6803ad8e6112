"""A strict stand-in for Stripe on one machine: API, hosted page, Stripe.js, signed webhooks."""

from local.stand_in.app import close, create_stand_in, latest_deliveries, start
from local.stand_in.config import StandInConfig

__all__ = ["StandInConfig", "close", "create_stand_in", "latest_deliveries", "start"]
