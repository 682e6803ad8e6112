"""Calls to Stripe's API, and the signed events that it sends."""
