"""Countersign: the questions a Stripe business's payments keep asking, answered on its own servers.

Imports run one way: a function imports a capability (`identity`, `webhooks`), a capability
imports the foundation (the modules beside this one), and nothing imports back.
"""

import sys

# py_webauthn brings pyOpenSSL along; where it can be had, botocore takes it in place of `ssl`, and
# every cold start pays 40 ms for `cryptography`, used or not.
sys.modules.setdefault("urllib3.contrib.pyopenssl", None)  # type: ignore[arg-type]

__version__ = "0.1.0"
