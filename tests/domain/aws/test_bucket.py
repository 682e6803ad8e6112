"""A bucket of small JSON documents, over moto's S3."""

from itertools import count

import boto3
import pytest

from countersign.aws.bucket import Bucket, BucketUnavailable
from tests.support.fake_bucket import FakeBucket

_numbers = count(1)


@pytest.fixture
def bucket(aws: None) -> Bucket:
    """An empty bucket."""
    client, name = boto3.client("s3"), f"bucket-{next(_numbers)}"
    where = {"LocationConstraint": "eu-west-1"}
    client.create_bucket(Bucket=name, CreateBucketConfiguration=where)
    return Bucket(name, client)


def test_a_document_is_stored_as_json_and_in_place_of_an_earlier_one(bucket: Bucket) -> None:
    bucket.put("a/1", {"a": 1})
    bucket.put("a/1", {"a": "é"})
    stored = bucket.get("a/1")
    assert stored == rb'{"a":"\u00e9"}'


def test_what_is_not_there_is_none_and_may_be_removed(bucket: Bucket) -> None:
    assert bucket.get("a/1") is None
    bucket.delete("a/1")
    bucket.put("a/1", {})
    bucket.delete("a/1")
    assert bucket.get("a/1") is None


def test_keys_come_in_their_order_after_a_key(bucket: Bucket) -> None:
    for key in ("c", "a", "b/2", "b/1"):
        bucket.put(key, {})
    assert list(bucket.keys()) == ["a", "b/1", "b/2", "c"]
    assert list(bucket.keys("b/1")) == ["b/2", "c"]
    assert list(bucket.keys(" ")) == ["a", "b/1", "b/2", "c"]


def test_keys_of_several_pages_come_in_one_go_though_they_are_removed_meanwhile() -> None:
    client = FakeBucket(name="pages", page=2, objects=dict.fromkeys("gfedcba", b""))
    bucket = Bucket("pages", client)
    found = []
    for key in bucket.keys(""):
        found.append(key)
        bucket.delete(key)
    assert (found, client.objects) == (list("abcdefg"), {})


def test_an_empty_bucket_has_no_keys(bucket: Bucket) -> None:
    assert list(bucket.keys()) == []


def test_a_bucket_that_is_not_there_is_unavailable(bucket: Bucket) -> None:
    missing = Bucket("another-bucket", boto3.client("s3"))
    for call in (
        lambda: missing.put("a", {}),
        lambda: missing.get("a"),
        lambda: list(missing.keys()),
    ):
        with pytest.raises(BucketUnavailable) as raised:
            call()
        assert raised.value.code == "NoSuchBucket"
