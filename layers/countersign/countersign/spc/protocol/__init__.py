"""WebAuthn and Secure Payment Confirmation, as their standards have them. Pure."""
