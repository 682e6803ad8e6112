"""DynamoDB in memory that counts its requests and the units that they would take."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from bench.payments.meter import Used
from bench.units import entry, index_units, query_units, read_units, write_units
from tests.support.expressions import Row
from tests.support.quick_dynamodb import QuickDynamoDB, Request
from tests.support.service import ROOT
from tests.support.storage import actions, key_of
from tools.papers.template_file import read_template

Indexes = Mapping[str, Mapping[str, list[str]]]
"""By table and name of an index: its hash key and its range key."""


class MeteredDynamoDB(QuickDynamoDB):
    """`used` is what was asked for. `indexes` are those of the tables."""

    def __init__(self, indexes: Indexes) -> None:
        super().__init__(*indexes)
        self.indexes = indexes
        self.used = Used()
        self._factor = 1

    def get_item(self, **request: Any) -> dict[str, Any]:
        self.used.reads += read_units(self._row(request))
        return super().get_item(**request)

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        ((name, wanted),) = request["RequestItems"].items()
        rows = (self._row({"TableName": name, "Key": key}) for key in wanted["Keys"])
        self.used.reads += sum(map(read_units, rows))
        return super().batch_get_item(**request)

    def query(self, **request: Any) -> dict[str, Any]:
        found = super().query(**request)
        names = self.indexes[request["TableName"]][request["IndexName"]]
        rows = (self.tables[request["TableName"]][item["pk"]["S"]] for item in found["Items"])
        self.used.reads += query_units(filter(None, (entry(row, names) for row in rows)))
        return found

    def scan(self, **request: Any) -> Any:
        raise AssertionError("no call that is measured reads a whole table")

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        """Each write of a transaction takes two units for one, also where it is refused."""
        self._factor = 2
        try:
            return super().transact_write_items(**request)
        except ClientError:
            for _, action in actions(request):
                self._refused(action)
            raise
        finally:
            self._factor = 1

    def _admit(self, operation: str, request: Request) -> str:
        self.used.dynamodb += 1
        return super()._admit(operation, request)

    def _write(self, kind: str, request: Request) -> Row | None:
        try:
            return super()._write(kind, request)
        except ClientError:
            self._refused(request)
            raise

    def _refused(self, request: Request) -> None:
        row = self._row(request)
        self.used.writes += self._factor * write_units(row, row)

    def _store(self, request: Request, row: Row | None) -> None:
        name = request["TableName"]
        before = self.tables[name].get(key_of(request))
        self.used.writes += self._factor * write_units(before, row)
        self.used.writes += sum(
            index_units(before, row, names) for names in self.indexes[name].values()
        )
        super()._store(request, row)


def deployed_indexes(names: Mapping[str, str]) -> Indexes:
    """Return the indexes that `template.yaml` gives to these tables, by their names here."""
    resources = read_template(ROOT)["Resources"]
    return {
        called: {
            index["IndexName"]: [key["AttributeName"] for key in index["KeySchema"]]
            for index in resources[logical]["Properties"].get("GlobalSecondaryIndexes", [])
        }
        for called, logical in names.items()
    }
