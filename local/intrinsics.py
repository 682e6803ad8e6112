"""CloudFormation's intrinsic functions, as far as an HTTP API's OpenAPI body uses them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-
reference.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.errors import LocalError

_PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")
_NOTHING = object()


class UnknownIntrinsicError(LocalError):
    """A function or a name cannot be resolved here."""


@dataclass(frozen=True)
class Resolver:
    """Resolves values of one deployed template.

    `names` maps parameters, pseudo parameters, resources and `Resource.Attribute` to values;
    `conditions` are the template's.
    """

    names: Mapping[str, str]
    conditions: Mapping[str, Any]

    def resolve(self, value: Any) -> Any:
        """Return the value without functions. Raises UnknownIntrinsicError for an unknown one."""
        if isinstance(value, list):
            resolved = [self.resolve(item) for item in value]
            return [item for item in resolved if item is not _NOTHING]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1 and (name := next(iter(value))) and _is_function(name):
            return self._call(name, value[name])
        members = {name: self.resolve(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member is not _NOTHING}

    def holds(self, condition: Any) -> bool:
        """Return whether a condition is true: its name, or the function itself."""
        if isinstance(condition, str):
            return self.holds(self.conditions[condition])
        ((name, argument),) = condition.items()
        match name:
            case "Condition":
                return self.holds(argument)
            case "Fn::Equals":
                left, right = self.resolve(argument)
                return str(left) == str(right)
            case "Fn::Not":
                return not self.holds(argument[0])
            case "Fn::And":
                return all(self.holds(part) for part in argument)
            case "Fn::Or":
                return any(self.holds(part) for part in argument)
        raise UnknownIntrinsicError(name)

    def _call(self, name: str, argument: Any) -> Any:
        match name:
            case "Ref":
                return _NOTHING if argument == "AWS::NoValue" else self._named(argument)
            case "Fn::GetAtt":
                return self._named(argument if isinstance(argument, str) else ".".join(argument))
            case "Fn::Sub":
                return self._substituted(argument)
            case "Fn::If":
                condition, then, otherwise = argument
                return self.resolve(then if self.holds(condition) else otherwise)
            case "Fn::Join":
                separator, parts = argument
                return separator.join(self.resolve(parts))
            case "Fn::Split":
                separator, text = argument
                return self.resolve(text).split(separator)
        raise UnknownIntrinsicError(name)

    def _substituted(self, argument: Any) -> str:
        text, extra = (argument, {}) if isinstance(argument, str) else argument
        local = {name: self.resolve(value) for name, value in extra.items()}
        return _PLACEHOLDER.sub(lambda found: self._placed(found[1], local), text)

    def _placed(self, name: str, local: Mapping[str, str]) -> str:
        if name.startswith("!"):
            return f"${{{name[1:]}}}"
        return local[name] if name in local else self._named(name)

    def _named(self, name: str) -> str:
        if name not in self.names:
            raise UnknownIntrinsicError(name)
        return self.names[name]


def _is_function(name: str) -> bool:
    return name == "Ref" or name.startswith("Fn::")
