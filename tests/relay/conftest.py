"""Fixtures for streams of cameras."""

import pytest


@pytest.fixture
def restreamed() -> bool:
    """Let all cameras have live video."""
    return True
