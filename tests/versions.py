"""The versions of Frigate that tests run on; a new one is added to the simulated Frigate.

A test that any version could fail runs on those that were recorded whole (`EVERY_VERSION`).
0.16, the oldest that is supported, answers most routes as 0.17 does. To run everything on it
as well would make all tests longer by a tenth, and show the same twice. It is therefore left
to what is different there (`WITH_016`, `ONLY_016`): setting up, accounts, faces, reviews and
stats, the snapshots of the entities, and its recorded answers (`tests/contract`).
"""

import pytest

from tests.fake_frigate.state import VERSION_STRINGS

# The oldest one first.
VERSIONS = tuple(VERSION_STRINGS)
_017 = VERSIONS.index("0.17.2")
_018 = VERSIONS.index("0.18")


def on_versions(*versions: str) -> pytest.MarkDecorator:
    """Run a test, with its `frigate`, `server` or `version`, on these versions."""
    return pytest.mark.parametrize("version", versions)


EVERY_VERSION = on_versions(*VERSIONS[_017:])
WITH_016 = on_versions(*VERSIONS)
ONLY_016 = on_versions(*VERSIONS[:_017])
UNTIL_017 = on_versions(*VERSIONS[:_018])
BEFORE_018 = on_versions(*VERSIONS[_017:_018])
SINCE_018 = on_versions(*VERSIONS[_018:])
