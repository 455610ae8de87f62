"""The versions of Frigate that tests run on; a new one is added to the simulated Frigate."""

import pytest

from tests.fake_frigate.state import VERSION_STRINGS

# The oldest one first.
VERSIONS = tuple(VERSION_STRINGS)
_018 = VERSIONS.index("0.18")


def on_versions(*versions: str) -> pytest.MarkDecorator:
    """Run a test, with its `frigate`, `server` or `version`, on these versions."""
    return pytest.mark.parametrize("version", versions)


EVERY_VERSION = on_versions(*VERSIONS)
BEFORE_018 = on_versions(*VERSIONS[:_018])
SINCE_018 = on_versions(*VERSIONS[_018:])
