"""A request to AWS signed again, now and by the owner of the emulator: for a process whose clock is a
day ahead, which AWS would refuse. It stands for an AWS whose clock is ahead as well.
"""

from dataclasses import replace
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local import aws
from tests.support.fault_proxy import Call

_OWNER = Credentials(aws.CREDENTIALS["AWS_ACCESS_KEY_ID"], aws.CREDENTIALS["AWS_SECRET_ACCESS_KEY"])
_OF_THE_SIGNER = ("authorization", "x-amz-date", "x-amz-security-token")


def resigned(call: Call, target: str, service: str) -> Call:
    """The same call of a service, with another signature."""
    first, *lines = call.head.decode("latin-1").rstrip("\r\n").split("\r\n")
    pairs = [line.split(": ", 1) for line in lines]
    headers = {name: value for name, value in pairs if name.lower() not in _OF_THE_SIGNER}
    headers["Host"] = urlsplit(target).netloc
    method, path, _ = first.split(" ", 2)
    request = AWSRequest(method, f"{target}{path}", headers=headers, data=call.body)
    SigV4Auth(_OWNER, service, aws.REGION).add_auth(request)
    signed = [f"{name}: {value}" for name, value in request.headers.items()]
    return replace(call, head="\r\n".join([first, *signed, "", ""]).encode("latin-1"))
