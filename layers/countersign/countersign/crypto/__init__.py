"""Tokens that this deployment makes, and signatures by other parties' keys."""
