"""Reconciliation: what Stripe reported and we never heard is asked for and applied."""
