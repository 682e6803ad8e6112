"""The function that publishes: batches of a stream, replays and republishes, in its role."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError

from countersign.domain_events.publish_batch import NotPublished
from countersign.domain_events.told import RULES
from tests.handlers.event_publication.conftest import Deployed
from tests.support.logs import Log
from tests.support.roles import acting_as
from tests.support.stream_records import NAMES, change, number_of, session
from tools.functions import load_function
from tools.papers.template_file import functions_of, read_template

ROOT = Path(__file__).parents[3]


def test_a_batch_is_told(deployed: Deployed) -> None:
    answer = deployed.invoke({"Records": [change("vs_1", 1), change("vs_1", 2)]})
    assert answer == {"batchItemFailures": []}
    assert deployed.world.bus.identities() == [("vs_1", 3 * 10**12 + at) for at in (1, 2)]


def test_a_part_of_a_batch_comes_again(deployed: Deployed) -> None:
    changes = [change("vs_1", 1), change("vs_1", 2)]
    deployed.world.bus.faults.extend([{}, "AccessDeniedException"])
    answer = deployed.invoke({"Records": changes})
    assert answer == {"batchItemFailures": [{"itemIdentifier": number_of(changes[1])}]}


def test_a_batch_of_which_nothing_is_done_fails(deployed: Deployed) -> None:
    deployed.world.bus.faults.append("ResourceNotFoundException")
    with pytest.raises(NotPublished, match="ResourceNotFoundException"):
        deployed.invoke({"Records": [change("vs_1", 1)]})


def test_a_batch_that_does_not_fit_into_the_time_fails(deployed: Deployed) -> None:
    deployed.world.seconds = 29.9
    with pytest.raises(NotPublished, match="NoTimeLeft"):
        deployed.invoke({"Records": [change("vs_1", 1)]})


def test_what_is_put_aside_is_counted_and_replayed(deployed: Deployed, log: Log) -> None:
    deployed.world.bus.poison = lambda entry: "MalformedDetail"
    assert deployed.invoke({"Records": [change("vs_1", 1)]}) == {"batchItemFailures": []}
    assert log.metrics() == {"RecordPutAside": 1}
    nothing = {"unknown": 0, "next": "", "reason": ""}
    assert deployed.invoke({"replay": {}}) == {
        "objects": 1, "published": 0, "removed": 0, "kept": 1, **nothing,
    }  # fmt: skip
    deployed.world.bus.poison = lambda entry: ""
    assert deployed.invoke({"replay": {"after": ""}}) == {
        "objects": 1, "published": 1, "removed": 1, "kept": 0, **nothing,
    }  # fmt: skip
    assert deployed.world.bus.identities() == [("vs_1", 3 * 10**12 + 1)]


def test_the_present_state_is_told_of_all_tables_or_of_one(deployed: Deployed) -> None:
    item = session("vs_1", 4)
    assert item is not None
    deployed.world.store("identity", item)
    done = {"items": 1, "published": 1, "untold": 0, "next": "", "reason": ""}
    assert deployed.invoke({"republish": {}}) == done
    assert deployed.invoke({"republish": {"table": "identity"}}) == done
    assert deployed.invoke({"republish": {"table": "spc", "after": ""}}) == done | {
        "items": 0,
        "published": 0,
    }
    assert [told["replayed"] for told in deployed.world.bus.told] == [True, True]


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"republish": True},
        {"republish": {"tables": "spc"}},
        {"republish": {"table": "operations"}},
        {"replay": {"table": "spc"}},
        {"replay": None},
        {"Replay": {}},
    ],
)
def test_what_it_does_not_understand_fails(deployed: Deployed, event: Any) -> None:
    """An answer would tell a stream's trigger that its changes are done."""
    with pytest.raises(ValueError, match=r"none that the function knows|must be one of"):
        deployed.invoke(event)


def test_the_other_calls_on_a_table_are_refused_to_it(deployed: Deployed) -> None:
    client, key = deployed.world.dynamodb, {"pk": {"S": "a"}}
    with acting_as(load_function("event_publication").handler):
        for name in NAMES.values():
            assert client.scan(TableName=name, Limit=1) == {"Items": []}
            for refused in (client.get_item, client.delete_item):
                with pytest.raises(ClientError, match="not authorized"):
                    refused(TableName=name, Key=key)
            with pytest.raises(ClientError, match="not authorized"):
                client.put_item(TableName=name, Item=key)


def test_its_role_names_its_streams_tables_bus_and_bucket_and_nothing_else() -> None:
    """It has no policy of AWS's, which would read the streams of the whole account."""
    (policy,) = functions_of(read_template(ROOT))["EventPublication"]["Policies"]
    allowed = {
        statement["Sid"]: (statement["Action"], yaml.safe_dump(statement["Resource"]))
        for statement in policy["Statement"]
    }
    actions = {sid: found for sid, (found, _) in allowed.items()}
    assert actions == {
        "Changes": ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        "NamesOfStreams": "dynamodb:ListStreams",
        "PresentState": "dynamodb:Scan",
        "Events": "events:PutEvents",
        "PutAside": ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
        "WhatIsPutAside": "s3:ListBucket",
    }
    for sid, (_, resource) in allowed.items():
        assert ("*" in resource.replace("/*", "")) is (sid == "NamesOfStreams"), sid


def test_the_bucket_of_what_is_put_aside_is_closed_and_forgets() -> None:
    bucket = read_template(ROOT)["Resources"]["PutAsideBucket"]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")
    members = bucket["Properties"]
    assert members["PublicAccessBlockConfiguration"] == dict.fromkeys(
        ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
    )
    (rule,) = members["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms"}
    (rule,) = members["LifecycleConfiguration"]["Rules"]
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", 90)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("IdentityChanges", ["session#"]),
        ("InstallsChanges", ["account#"]),
        ("SpcChanges", ["credential#", "ceremony#", "payer#"]),
        ("StepUpChanges", ["decision#"]),
        ("PaymentsChanges", ["payment#"]),
    ],
)
def test_the_trigger_of_each_table_is_as_the_papers_say(name: str, kinds: list[str]) -> None:
    trigger = read_template(ROOT)["Resources"][name]["Properties"]
    assert trigger["BatchSize"] == {"If": ["IsLocal", 1, 100]}
    assert trigger["ParallelizationFactor"] == 1
    assert trigger["StartingPosition"] == "TRIM_HORIZON"
    assert trigger["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert trigger["BisectBatchOnFunctionError"] is True
    assert (trigger["MaximumRetryAttempts"], trigger["MaximumRecordAgeInSeconds"]) == (100, 43200)
    assert trigger["DestinationConfig"]["OnFailure"]["Destination"] == {
        "GetAtt": "PutAsideBucket.Arn"
    }
    patterns = [json.loads(one["Pattern"]) for one in trigger["FilterCriteria"]["Filters"]]
    told = {(event, key) for pattern in patterns for event, key in _told(pattern)}
    modes = [f"{mode}{kind}" for kind in kinds for mode in ("", "live#")]
    wanted = {(event, key) for event in ("INSERT", "MODIFY") for key in modes}
    removed = {("REMOVE", key) for key in modes if key.endswith("credential#")}
    assert told == wanted | removed


def _told(pattern: Any) -> list[tuple[str, str]]:
    """The kinds of changes that a filter lets pass, each with a prefix of keys."""
    prefixes = [found["prefix"] for found in pattern["dynamodb"]["Keys"]["pk"]["S"]]
    return [(event, prefix) for event in pattern["eventName"] for prefix in prefixes]


def test_every_kind_of_item_that_tells_anything_passes_the_filters() -> None:
    """The rules themselves say which those are."""
    resources = read_template(ROOT)["Resources"]
    for table, kinds in RULES.items():
        name = f"{''.join(part.capitalize() for part in table.split('_'))}Changes"
        filters = resources[name]["Properties"]["FilterCriteria"]["Filters"]
        told = [found for one in filters for found in _told(json.loads(one["Pattern"]))]
        assert {f"{kind}#" for kind in kinds} <= {key for event, key in told if event == "INSERT"}


UNWANTED = (
    "stripe",
    "pydantic",
    "requests",
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.utilities.batch",
    "countersign.http.api",
    "countersign.step_up.make_decision",
    "countersign.step_up.rules.load_rules",
    "countersign.spc.protocol.verify_assertion",
    "countersign.google_pay.open_token",
    "countersign.identity.store",
)


def test_a_cold_start_loads_no_more_than_it_needs() -> None:
    """`tests/runtime` asks the same of the built function."""
    script = f"import app, sys; print(*set({UNWANTED}) & set(sys.modules))"
    path = f"{ROOT / 'layers' / 'countersign'}:{ROOT / 'functions' / 'event_publication'}"
    ran = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONPATH": path}, capture_output=True, text=True
    )
    assert (ran.returncode, ran.stdout.split()) == (0, []), ran.stderr
