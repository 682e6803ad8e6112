"""The bundle on one machine: AWS emulator, stand-in for Stripe, sign-in and front door."""
