"""What can be wrong with an MP4 file, or with a wish to join some, as one tree.

    Mp4Error
    ├── NotMp4Error             a web page, a text, an empty file
    ├── TruncatedError          the beginning of an MP4 file
    ├── DamagedError            whole to look at, and cannot be read
    ├── NoVideoError            no video track, or nothing in it
    ├── NotJoinableError        files that do not fit together
    └── JoinCancelledError      the caller wanted no more

A disk that is full or gone is no fault of a file: that stays an `OSError`.
"""


class Mp4Error(Exception):
    """Anything that is wrong with a file; catch this to catch all of them."""


class NotMp4Error(Mp4Error):
    """No MP4 file at all: a web page, a text, or nothing."""


class TruncatedError(Mp4Error):
    """An MP4 file whose end is missing."""


class DamagedError(Mp4Error):
    """An MP4 file that is whole to look at, but cannot be read."""


class NoVideoError(Mp4Error):
    """An MP4 file without a video track, or with an empty one."""


class NotJoinableError(Mp4Error):
    """Clips whose video or audio is encoded differently: no one file can hold them."""


class JoinCancelledError(Mp4Error):
    """The caller wanted no more; nothing was left behind."""
