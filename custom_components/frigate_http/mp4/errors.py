"""The exceptions of checking and joining MP4 files.

    Mp4Error
    ├── NotMp4Error             the file is a web page, a text or empty
    ├── TruncatedError          the end of the file is missing
    ├── DamagedError            the file has all its boxes, but cannot be read
    ├── NoVideoError            the file has no video track, or an empty one
    ├── NotJoinableError        the codecs of the files differ
    └── JoinCancelledError      the caller cancelled

A full or missing disk is not an error of a file: that stays an `OSError`.
"""


class Mp4Error(Exception):
    """Base class of all errors of a file."""


class NotMp4Error(Mp4Error):
    """The file is not an MP4 file: a web page, a text, or empty."""


class TruncatedError(Mp4Error):
    """The end of the MP4 file is missing."""


class DamagedError(Mp4Error):
    """The MP4 file has all its boxes, but cannot be read."""


class NoVideoError(Mp4Error):
    """The MP4 file has no video track, or an empty one."""


class NotJoinableError(Mp4Error):
    """The codecs of the files differ, so that one file cannot hold all of them."""


class JoinCancelledError(Mp4Error):
    """The caller cancelled; the output file is removed."""
