"""Where the recorded answers of real servers are."""

from pathlib import Path

from .state import VERSION_STRINGS, Version

FIXTURES = Path(__file__).parent.parent / "fixtures"


def recorded_file(version: Version, name: str) -> Path:
    """Return the newest file of this name that was not recorded on a newer version.

    Only the oldest version has all of them: newer ones have what they answer in another way.
    """
    versions = [*VERSION_STRINGS]
    folders = reversed(versions[: versions.index(version) + 1])
    paths = [FIXTURES / folder / name for folder in folders]
    return next(path for path in paths if path.exists())
