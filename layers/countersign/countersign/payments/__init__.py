"""Payments: decision, proof and charge in one flow (docs/payments.md)."""
