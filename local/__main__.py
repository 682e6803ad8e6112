"""`python -m local`: everything `make run` does once the tools are installed."""

import asyncio
import os

from botocore.exceptions import BotoCoreError, ClientError

from local import aws
from local.config import read_settings
from local.errors import LocalError
from local.places import find_places, lambda_architecture
from local.progress import complain
from local.supervisor import run


def main() -> int:
    environ = aws.without_aws(os.environ)
    # boto3 looks here by itself, and a profile that is not on this machine would stop it.
    os.environ.clear()
    os.environ.update(environ)
    try:
        settings = read_settings(environ, lambda_architecture())
        asyncio.run(run(find_places(environ), settings, environ))
    except (LocalError, BotoCoreError, ClientError) as error:
        complain(f"make run: {error}")
        return 1
    return 0


if __name__ == "__main__":
    status = main()
    # Everything has ended. The interpreter's own end would take seconds more, to take apart the
    # thousands of classes of the stripe package.
    os._exit(status)
