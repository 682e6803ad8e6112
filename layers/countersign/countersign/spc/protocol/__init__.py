"""WebAuthn and Secure Payment Confirmation (SPC), as their standards have them. Pure.

What a browser sends is read strictly (`registration_response`, `authentication_response`) and then
verified step by step (`verify_registration`, `verify_assertion`). The other modules read one part
each: what the browser collected (`client_data`), what the authenticator signed
(`authenticator_data`, `attestation`), and keys (`cose`, `browser_key`).
"""
