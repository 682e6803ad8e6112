"""What values look like: strict parsers and spellings, each pure."""
