"""An S3 bucket of small JSON documents."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from botocore.parsers import ResponseParserError

from countersign.aws.network import create_client


class BucketUnavailable(Exception):
    """S3 did not carry out a call; `code` is S3's, or names the error."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class S3Client(Protocol):
    """What is used of botocore's client."""

    def put_object(self, **request: Any) -> Any:
        """Store an object."""

    def get_object(self, **request: Any) -> Any:
        """Read an object."""

    def delete_object(self, **request: Any) -> Any:
        """Remove an object."""

    def list_objects_v2(self, **request: Any) -> Any:
        """Read a page of the keys."""


class Bucket:
    """A bucket by its name. Every method raises `BucketUnavailable` when S3 does not serve it."""

    def __init__(self, name: str, client: S3Client | None = None) -> None:
        self.name = name
        self._given = client

    def put(self, key: str, document: Any) -> None:
        """Store a document under a key, in place of the one that is there."""
        body = json.dumps(document, separators=(",", ":")).encode()
        self._call("put_object", Key=key, Body=body, ContentType="application/json")

    def get(self, key: str) -> bytes | None:
        """Return what is stored under a key, or `None`."""
        try:
            return bytes(self._call("get_object", Key=key)["Body"])
        except BucketUnavailable as error:
            if error.code == "NoSuchKey":
                return None
            raise

    def delete(self, key: str) -> None:
        """Remove what is stored under a key, if it is there."""
        self._call("delete_object", Key=key)

    def keys(self, after: str = "") -> Iterator[str]:
        """Yield every key after this one, in the order of the characters. What is removed
        meanwhile does not disturb it.
        """
        while True:
            start = {"StartAfter": after} if after else {}
            page = self._call("list_objects_v2", **start)
            found = [str(entry["Key"]) for entry in page.get("Contents", [])]
            yield from found
            if not page.get("IsTruncated") or not found:
                return
            after = found[-1]

    def _call(self, operation: str, **request: Any) -> dict[str, Any]:
        try:
            answer = getattr(self._client, operation)(Bucket=self.name, **request)
            if "Body" in answer:
                return {"Body": answer["Body"].read()}
            return dict(answer)
        except ClientError as error:
            raise BucketUnavailable(str(error.response["Error"]["Code"])) from error
        except ParamValidationError:
            raise  # never sent: a bug here
        except (BotoCoreError, ResponseParserError) as error:
            raise BucketUnavailable(type(error).__name__) from error

    @property
    def _client(self) -> S3Client:
        """The client is made at the first use: most processes never put anything aside."""
        return self._given or _client()


@cache
def _client() -> S3Client:
    made: S3Client = create_client("s3")
    return made
