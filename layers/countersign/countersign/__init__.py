"""Countersign: identity, install links, payment confirmation and step-up for a business on Stripe.

Imports run one way: a function imports a capability (`identity`, `installs`, `spc`, `google_pay`,
`step_up`, `pages`), a capability imports the foundation (the other rooms), and nothing imports
back (docs/decisions.md#imports-run-one-way).
"""

import sys

# py_webauthn brings pyOpenSSL along; where it can be had, botocore takes it in place of `ssl`, and
# every cold start pays 40 ms for `cryptography`, used or not.
sys.modules.setdefault("urllib3.contrib.pyopenssl", None)  # type: ignore[arg-type]

__version__ = "0.1.0"
