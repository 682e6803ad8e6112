"""A stand-in for Google Pay: tokens as Google seals them, under a root of our own."""

from local.google.payloads import FULL, payload
from local.google.roots import TEST_ROOT, root_key, root_keys_document
from local.google.sealer import Sealer

__all__ = ["FULL", "TEST_ROOT", "Sealer", "payload", "root_key", "root_keys_document"]
