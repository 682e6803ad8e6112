"""The shop of a merchant, on an origin of its own: a sample of what a merchant has to do."""

from local.shop.app import create_shop
from local.shop.config import STRIPE_JS, ShopConfig

__all__ = ["STRIPE_JS", "ShopConfig", "create_shop"]
