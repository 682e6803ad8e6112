"""`make soak`: a hundred thousand events of Stripe's, some of them twice and some never, in any
order; what is stored and what was told is compared with the ledger.
"""
