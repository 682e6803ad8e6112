"""Checks of the rules before a deployment. A function imports none of it to read good rules."""
