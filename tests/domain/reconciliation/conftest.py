import pytest

from tests.support.reconciling import Reconciling


@pytest.fixture
def reconciling(deployment: None) -> Reconciling:
    return Reconciling()
