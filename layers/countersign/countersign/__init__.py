"""Countersign: the questions a Stripe business's payments keep asking, answered on its own servers.

Imports run one way: a function imports a capability (`identity`, `webhooks`), a capability
imports the foundation (the modules beside this one), and nothing imports back.
"""

__version__ = "0.1.0"
