"""Step-up decisions: whether a payment needs a stronger proof, and which."""
