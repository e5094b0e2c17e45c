"""What tests share."""

import os

import pytest
from lab import Guest

# What a user's environment says is none of the tests' business.
os.environ.pop("DEBUGINFOD_URLS", None)


@pytest.fixture(scope="session")
def panic():
    """The dump that most tests can use."""
    return Guest("panic")
