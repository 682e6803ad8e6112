"""Calls to Stripe's API, and the signed events that Stripe sends."""
