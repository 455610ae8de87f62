"""Where the recorded answers of real servers are."""

from pathlib import Path

from .state import VERSION_STRINGS, recorded_as

COMPLETE = "0.17.2"
"""The version of which every answer was recorded."""
FIXTURES = Path(__file__).parent.parent / "fixtures"


def recorded_file(version: str, name: str) -> Path:
    """Return the newest file of this name that was not recorded on a newer version.

    Of other versions than `COMPLETE` there is only what they answer in another way; an
    older one has nothing else from a newer one.
    """
    versions = [*VERSION_STRINGS]
    complete = versions.index(COMPLETE)
    newest = versions.index(recorded_as(version))
    folders = [*reversed(versions[complete : newest + 1])] or [
        versions[newest],
        COMPLETE,
    ]
    paths = [FIXTURES / folder / name for folder in folders]
    return next(path for path in paths if path.exists())
