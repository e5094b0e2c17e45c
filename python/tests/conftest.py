"""What tests share."""

import os
import signal

import pytest
from lab import Guest

# What a user's environment says is none of the tests' business.
os.environ.pop("DEBUGINFOD_URLS", None)
# Shells start background jobs with Ctrl-C ignored, which all that tests start would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def panic():
    """The dump that most tests can use."""
    return Guest("panic")
