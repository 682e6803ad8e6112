"""A merchant's shop, opened by its five requests once for all tests of a module."""

from copy import deepcopy

from tests.support.quick_dynamodb import Tables
from tests.support.spc_bundle import SpcBundle


class OpenShops:
    """What the opening has stored in a deployment of each kind."""

    def __init__(self) -> None:
        self._stored: dict[type[SpcBundle], Tables] = {}

    def open(self, bundle: SpcBundle) -> None:
        """Give an empty deployment the shop, of which no decision has asked anything yet."""
        kind = type(bundle)
        if kind not in self._stored:
            SpcBundle.open_shop(bundle)
            self._stored[kind] = deepcopy(bundle.client.tables)
        for name, rows in self._stored[kind].items():
            bundle.client.tables[name].update(deepcopy(rows))
