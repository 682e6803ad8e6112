"""Tokens of our own, and signatures of other people's keys."""
