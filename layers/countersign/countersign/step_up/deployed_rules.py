"""The rules that were deployed."""

from functools import cache

from countersign.aws.telemetry import logger
from countersign.problems import Problem
from countersign.step_up.rules import RuleBook
from countersign.step_up.rules.faults import RuleFileError
from countersign.step_up.rules.load_rules import load_rules


@cache
def deployed_rules() -> RuleBook:
    """Return the rules that were deployed; the build refuses rules that cannot be read. Raises 500
    `rules_misconfigured`.
    """
    try:
        return load_rules()
    except (RuleFileError, OSError) as error:
        logger.error("the rules cannot be read", extra={"faults": str(_with_lines(error))})
        detail = "The rules of this deployment cannot be read. Its log says which lines are wrong."
        raise Problem(500, "rules_misconfigured", detail) from error


def _with_lines(error: Exception) -> Exception:
    """Return the faults of a file with their lines; good rules need no finder of lines."""
    from countersign.step_up.rules.lint.findings import locate_faults

    return locate_faults(error) if isinstance(error, RuleFileError) else error
