"""Domain events: what the rest of the business is told."""
