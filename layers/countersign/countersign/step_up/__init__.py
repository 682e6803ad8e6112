"""Step-up: whether a payment needs a stronger proof, and which."""
