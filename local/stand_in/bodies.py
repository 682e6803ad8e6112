"""JSON bodies of the stand-in's own calls."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request

from local.stand_in.errors import StripeError


class Body(BaseModel):
    """Exactly the members that are declared, of exactly their types."""

    model_config = ConfigDict(extra="forbid", strict=True)


BodyT = TypeVar("BodyT", bound=Body)


async def read(request: Request, kind: type[BodyT]) -> BodyT:
    """Raise StripeError 400 saying what is wrong with which member."""
    try:
        return kind.model_validate_json(await request.body())
    except ValidationError as error:
        raise StripeError(_explain(error)) from error


def _explain(error: ValidationError) -> str:
    problems = (
        f"{'.'.join(str(part) for part in problem['loc']) or 'body'}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_context=False, include_input=False)
    )
    return "; ".join(problems)
