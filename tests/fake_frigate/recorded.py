"""Where the recorded answers of real servers are."""

from pathlib import Path

from .state import VERSION_STRINGS

FIXTURES = Path(__file__).parent.parent / "fixtures"


def recorded_file(version: str, name: str) -> Path:
    """Return the newest file of this name that was not recorded on a newer version.

    Only the oldest version has all of them: newer ones have what they answer in another way.
    A version without recordings, such as one that is not supported, answers like the oldest.
    """
    versions = [*VERSION_STRINGS]
    newest = versions.index(version) if version in VERSION_STRINGS else 0
    folders = reversed(versions[: newest + 1])
    paths = [FIXTURES / folder / name for folder in folders]
    return next(path for path in paths if path.exists())
