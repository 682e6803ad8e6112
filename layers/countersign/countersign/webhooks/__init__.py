"""What Stripe tells us: signed events, believed once their signature is."""
