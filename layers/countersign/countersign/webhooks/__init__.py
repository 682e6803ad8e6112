"""Stripe's events on their way to the capabilities that act on them."""
