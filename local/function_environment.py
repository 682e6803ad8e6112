"""`env.json`: what the deployed functions have in their environment, for `sam local invoke`.

Its form is that of `--env-vars`: one object per function, by its name in the template.
"""

import json
from pathlib import Path

from local import aws
from local.stack_resources import stack_resources


def write_environment(port: int, target: Path) -> None:
    """Write the file, readable by this user alone."""
    functions = aws.client("lambda", port)
    found = {}
    for resource in stack_resources(port):
        if resource.type == "AWS::Lambda::Function":
            answer = functions.get_function_configuration(FunctionName=resource.id)
            variables = answer.get("Environment", {}).get("Variables", {})
            found[resource.name] = variables | aws.emulator_environment({}, port)
    target.touch(mode=0o600)
    target.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
