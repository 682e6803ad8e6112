"""Strict parsers and formatters of single values. Pure."""
