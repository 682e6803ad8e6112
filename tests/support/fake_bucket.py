"""S3's calls on one bucket over a dictionary, which fail as a test orders them to."""

import io
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.support.storage import refused


@dataclass
class FakeBucket:
    """A client. `objects` are the stored bodies by key, in pages of `page`; `faults` are the codes
    in which the next calls end, empty ones letting a call pass.
    """

    name: str = "aside"
    page: int = 1000
    objects: dict[str, bytes] = field(default_factory=dict)
    faults: deque[str] = field(default_factory=deque)
    calls: list[str] = field(default_factory=list)

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentType: str) -> dict[str, Any]:
        self._admit("PutObject", Bucket)
        assert ContentType == "application/json"
        self.objects[Key] = Body
        return {"ETag": "x"}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        self._admit("GetObject", Bucket)
        if Key not in self.objects:
            raise refused("GetObject", "NoSuchKey", "The specified key does not exist.")
        return {"Body": io.BytesIO(self.objects[Key])}

    def delete_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        self._admit("DeleteObject", Bucket)
        self.objects.pop(Key, None)
        return {}

    def list_objects_v2(self, *, Bucket: str, StartAfter: str = "") -> dict[str, Any]:
        self._admit("ListObjectsV2", Bucket)
        keys = sorted(key for key in self.objects if key > StartAfter)
        found = [{"Key": key} for key in keys[: self.page]]
        return {"IsTruncated": len(keys) > len(found)} | ({"Contents": found} if found else {})

    def documents(self) -> list[dict[str, Any]]:
        """What is stored, by the order of the keys."""
        return [json.loads(self.objects[key]) for key in sorted(self.objects)]

    def _admit(self, operation: str, bucket: str) -> None:
        self.calls.append(operation)
        code = self.faults.popleft() if self.faults else ""
        if code or bucket != self.name:
            raise refused(operation, code or "NoSuchBucket", "a failure that was ordered")
