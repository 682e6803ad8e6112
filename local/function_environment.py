"""`env.json`: what the deployed functions have in their environment, for `sam local invoke`.

Its form is that of `--env-vars`: one object per function, by its name in the template.
"""

import json
from pathlib import Path

from local import aws
from local.deploy import STACK


def write_environment(port: int, target: Path) -> None:
    """Write the file, readable by this user alone."""
    functions = aws.client("lambda", port)
    pages = aws.client("cloudformation", port).get_paginator("list_stack_resources")
    found = {}
    for page in pages.paginate(StackName=STACK):
        for resource in page["StackResourceSummaries"]:
            if resource["ResourceType"] == "AWS::Lambda::Function":
                name = resource["PhysicalResourceId"]
                answer = functions.get_function_configuration(FunctionName=name)
                variables = answer.get("Environment", {}).get("Variables", {})
                found[resource["LogicalResourceId"]] = variables | aws.emulator_environment(
                    {}, port
                )
    target.touch(mode=0o600)
    target.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
