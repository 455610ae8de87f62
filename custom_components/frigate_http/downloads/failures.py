"""Errors of videos and of the file system, as people read them."""

from collections.abc import Generator
from contextlib import contextmanager
import os

from ..errors import action_error
from ..mp4 import Mp4Error


@contextmanager
def file_errors() -> Generator[None]:
    """Raise errors of videos and of the file system as the exceptions that users see."""
    try:
        yield
    except Mp4Error as err:
        raise action_error("broken_file", message=str(err)) from err
    except OSError as err:
        raise action_error("disk_error", message=os.strerror(err.errno or 0)) from err
