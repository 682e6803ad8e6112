"""Which merchant account may we act for: Stripe Apps install links, one holder an account."""
