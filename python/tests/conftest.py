"""What tests share."""

import pytest
from lab import Guest


@pytest.fixture(scope="session")
def panic():
    """The dump that most tests can use."""
    return Guest("panic")
