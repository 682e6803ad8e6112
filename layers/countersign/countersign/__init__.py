"""Countersign: identity, install links, payment confirmation and step-up for a business on Stripe.

Imports run one way: a function imports a capability (`identity`, `installs`, `spc`, `google_pay`,
`step_up`, `pages`), a capability imports the foundation (the other rooms), and nothing imports
back (docs/decisions.md#imports-run-one-way).
"""

__version__ = "0.1.0"
