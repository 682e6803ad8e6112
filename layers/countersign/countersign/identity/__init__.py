"""Who is this customer: Stripe Identity's verification sessions, one open session a user."""
