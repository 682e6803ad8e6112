"""Who is this customer: Stripe Identity's verification sessions, one open session per user."""
