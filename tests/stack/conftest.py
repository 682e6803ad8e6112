"""Who pays where, on the deployed stack."""

import pytest

from tests.support.authenticator import SigningKey
from tests.support.service import Service
from tests.support.spc_service import PayerAtHome, Shop


@pytest.fixture(scope="module")
def shop(service: Service) -> Shop:
    return Shop.open(service)


@pytest.fixture
def payer(service: Service) -> PayerAtHome:
    person = PayerAtHome(service, SigningKey.new())
    assert person.register_identified().status_code == 201
    return person
