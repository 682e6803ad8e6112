"""What the deployed stack consists of, as the emulator's CloudFormation lists it."""

from collections.abc import Iterator
from dataclasses import dataclass

from local import aws
from local.deploy import STACK
from local.errors import LocalError


class NoSuchResourceError(LocalError):
    """The deployed stack lacks a resource. The message names it."""


@dataclass(frozen=True)
class StackResource:
    """A resource: its name in the template, its CloudFormation type, and what AWS calls it."""

    name: str
    type: str
    id: str


def stack_resources(port: int, stack: str = STACK) -> Iterator[StackResource]:
    """Yield the resources of a deployed stack, those that SAM has added too."""
    pages = aws.client("cloudformation", port).get_paginator("list_stack_resources")
    for page in pages.paginate(StackName=stack):
        for found in page["StackResourceSummaries"]:
            yield StackResource(
                found["LogicalResourceId"], found["ResourceType"], found["PhysicalResourceId"]
            )


def resource_id(port: int, name: str, stack: str = STACK) -> str:
    """Return what AWS calls a resource of the template. Raises NoSuchResourceError."""
    for resource in stack_resources(port, stack):
        if resource.name == name:
            return resource.id
    raise NoSuchResourceError(f"the stack {stack} has no resource {name}")
