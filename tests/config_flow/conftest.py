"""Fixtures for the tests of the config flow."""

from collections.abc import Iterator
import logging

import pytest

from . import SECRETS


@pytest.fixture(autouse=True)
def _nothing_secret_in_the_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Log everything, and look for secrets when a test has ended."""
    caplog.set_level(logging.DEBUG)
    yield
    formatter = logging.Formatter()
    for record in caplog.get_records("call"):
        text = formatter.format(record)
        assert not any(secret in text for secret in SECRETS), text
