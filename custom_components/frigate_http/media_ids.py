"""Identifiers of what the media browser shows: written and read here and nowhere else.

An identifier is the part behind `media-source://frigate_http/`. It consists of the config
entry, a kind and the fields of that kind, in the order of the class. Reading is strict: what
`written` would not have written is refused, and nothing is guessed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
import re
from typing import Any, ClassVar, Final, Self
from urllib.parse import quote, unquote

from homeassistant.components.media_source import generate_media_source_id

from .aiofrigate import MAX_NAME_LENGTH
from .const import DOMAIN

_MAX_LENGTH = 8_000
"""Two names that are as long as they can be, each character of which is escaped."""
_ENTRY_ID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
_TIME = re.compile(r"\d{1,10}\.\d{1,6}", re.ASCII)
_PLAIN = re.compile(r"[0-9A-Za-z_.-]+", re.ASCII)
_NUMBER = re.compile(r"0|[1-9]\d{0,3}", re.ASCII)


class MediaIdError(ValueError):
    """A text is no identifier of ours."""


class Severity(StrEnum):
    """The severity of review items, as Frigate calls it."""

    ALERT = "alert"
    DETECTION = "detection"


class Form(StrEnum):
    """How a video is played; media players do not say what they are able to play."""

    HLS = "hls"
    """Segments, for browsers and apps: it begins at once, and has no limit of length."""
    MP4 = "mp4"
    """One file, for everything else."""


class Grouping(StrEnum):
    """What the folders of review items are made of."""

    CAMERAS = "cameras"
    DAYS = "days"


def escaped(text: str) -> str:
    """Return a name as a part of an identifier or of a path.

    Percent signs would be decoded on the way by some, and encoded once more by others, so
    that a signature no longer fits. A tilde means the same and is left alone.
    """
    if _PLAIN.fullmatch(text):
        return text
    return quote(text, safe="").replace("~", "%7E").replace("%", "~")


def unescaped(text: str) -> str:
    """Return the name that `escaped` has written.

    Raises:
        MediaIdError: it has not, or no name is that long.
    """
    try:
        name = unquote(text.replace("~", "%"), errors="strict")
    except ValueError as err:
        raise MediaIdError(text) from err
    if not 1 <= len(name) <= MAX_NAME_LENGTH or escaped(name) != text:
        raise MediaIdError(text)
    return name


def written_time(seconds: float) -> str:
    """Return a time in seconds since the epoch as a part of an identifier or of a path."""
    return repr(round(float(seconds), 6))


def read_time(text: str) -> float:
    """Return the time that `written_time` has written; raises MediaIdError otherwise."""
    if not _TIME.fullmatch(text) or written_time(seconds := float(text)) != text:
        raise MediaIdError(text)
    return seconds


def _read_entry_id(text: str) -> str:
    if not _ENTRY_ID.fullmatch(text):
        raise MediaIdError(text)
    return text


def _read_day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as err:
        raise MediaIdError(text) from err
    if day.isoformat() != text or not 1971 <= day.year <= 2200:
        raise MediaIdError(text)
    return day


def _read_number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise MediaIdError(text)
    return int(text)


def _read_enum[E: StrEnum](kind: type[E]) -> Callable[[str], E]:
    def read(text: str) -> E:
        try:
            return kind(text)
        except ValueError as err:
            raise MediaIdError(text) from err

    return read


_CODECS: Final[Mapping[Any, tuple[Callable[[Any], str], Callable[[str], Any]]]] = {
    str: (escaped, unescaped),
    date: (date.isoformat, _read_day),
    float: (written_time, read_time),
    float | None: (written_time, read_time),
    int: (str, _read_number),
    Severity: (str, _read_enum(Severity)),
    Form: (str, _read_enum(Form)),
    Grouping: (str, _read_enum(Grouping)),
}


@dataclass(frozen=True, slots=True)
class MediaId:
    """The folder of a server, and what all identifiers have in common."""

    kind: ClassVar[str] = ""

    entry_id: str

    @property
    def written(self) -> str:
        """Return the identifier; fields at the end that have their default are left out."""
        parts = [self.entry_id, self.kind] if self.kind else [self.entry_id]
        own = [(one, getattr(self, one.name)) for one in fields(self)[1:]]
        while own and own[-1][0].default == own[-1][1]:
            del own[-1]
        return "/".join([*parts, *(_CODECS[one.type][0](value) for one, value in own)])

    @property
    def media_content_id(self) -> str:
        """Return the identifier with which Home Assistant finds it."""
        return generate_media_source_id(DOMAIN, self.written)

    @classmethod
    def from_fields(cls, entry_id: str, parts: list[str]) -> Self:
        """Read the fields of this kind; raises MediaIdError if they are not its own."""
        own = fields(cls)[1:]
        if len(parts) > len(own):
            raise MediaIdError
        values = [
            _CODECS[one.type][1](part) for one, part in zip(own, parts, strict=False)
        ]
        try:
            return cls(entry_id, *values)
        except TypeError as err:
            raise MediaIdError from err


@dataclass(frozen=True, slots=True)
class ReviewsFolder(MediaId):
    """The newest alerts or detections of all cameras."""

    kind: ClassVar[str] = "reviews"

    severity: Severity


@dataclass(frozen=True, slots=True)
class ReviewsGrouped(MediaId):
    """Alerts or detections by camera, or by day."""

    kind: ClassVar[str] = "reviews-by"

    severity: Severity
    grouping: Grouping


@dataclass(frozen=True, slots=True)
class ReviewsOfCamera(MediaId):
    """A page of the alerts or detections of a camera; see `Page` for the last two fields."""

    kind: ClassVar[str] = "reviews-of-camera"

    severity: Severity
    camera: str
    before: float | None = None
    skip: int = 0


@dataclass(frozen=True, slots=True)
class ReviewsOfDay(MediaId):
    """A page of the alerts or detections of a day, by Home Assistant's time zone."""

    kind: ClassVar[str] = "reviews-of-day"

    severity: Severity
    day: date
    before: float | None = None
    skip: int = 0


@dataclass(frozen=True, slots=True)
class ObjectsFolder(MediaId):
    """The cameras with tracked objects."""

    kind: ClassVar[str] = "objects"


@dataclass(frozen=True, slots=True)
class ObjectsOfCamera(MediaId):
    """The labels of a camera."""

    kind: ClassVar[str] = "objects-of-camera"

    camera: str


@dataclass(frozen=True, slots=True)
class ObjectsOfLabel(MediaId):
    """A page of the tracked objects of a camera with a label."""

    kind: ClassVar[str] = "objects-of-label"

    camera: str
    label: str
    before: float | None = None
    skip: int = 0


@dataclass(frozen=True, slots=True)
class RecordingsFolder(MediaId):
    """The cameras with recordings."""

    kind: ClassVar[str] = "recordings"


@dataclass(frozen=True, slots=True)
class RecordingsOfCamera(MediaId):
    """The days that a camera has recorded."""

    kind: ClassVar[str] = "recordings-of-camera"

    camera: str


@dataclass(frozen=True, slots=True)
class RecordingsOfDay(MediaId):
    """The hours of a day that a camera has recorded, by Home Assistant's time zone."""

    kind: ClassVar[str] = "recordings-of-day"

    camera: str
    day: date


@dataclass(frozen=True, slots=True)
class ExportsFolder(MediaId):
    """The exports of all cameras."""

    kind: ClassVar[str] = "exports"


@dataclass(frozen=True, slots=True)
class ReviewVideo(MediaId):
    """The recording of a review item, with some seconds before and after it."""

    kind: ClassVar[str] = "review"

    form: Form
    review_id: str


@dataclass(frozen=True, slots=True)
class ReviewPreview(MediaId):
    """The preview of a review item: silent, and sped up."""

    kind: ClassVar[str] = "review-preview"

    review_id: str


@dataclass(frozen=True, slots=True)
class EventVideo(MediaId):
    """The recording of an event, with some seconds before and after it."""

    kind: ClassVar[str] = "event"

    form: Form
    event_id: str


@dataclass(frozen=True, slots=True)
class EventSnapshot(MediaId):
    """The snapshot of an event."""

    kind: ClassVar[str] = "snapshot"

    event_id: str


@dataclass(frozen=True, slots=True)
class RecordingVideo(MediaId):
    """A part of the recordings of a camera; times in seconds since the epoch."""

    kind: ClassVar[str] = "recording"

    form: Form
    camera: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class ExportVideo(MediaId):
    """The video of an export, which is one file."""

    kind: ClassVar[str] = "export"

    export_id: str


_KINDS: Final[Mapping[str, type[MediaId]]] = {
    one.kind: one
    for one in (
        ReviewsFolder,
        ReviewsGrouped,
        ReviewsOfCamera,
        ReviewsOfDay,
        ObjectsFolder,
        ObjectsOfCamera,
        ObjectsOfLabel,
        RecordingsFolder,
        RecordingsOfCamera,
        RecordingsOfDay,
        ExportsFolder,
        ReviewVideo,
        ReviewPreview,
        EventVideo,
        EventSnapshot,
        RecordingVideo,
        ExportVideo,
    )
}


def read_media_id(identifier: str) -> MediaId:
    """Return what an identifier stands for.

    Raises:
        MediaIdError: it is not one that `MediaId.written` returns.
    """
    if len(identifier) > _MAX_LENGTH:
        raise MediaIdError(identifier[:_MAX_LENGTH])
    entry_id, *parts = identifier.split("/")
    _read_entry_id(entry_id)
    kind = _KINDS.get(parts[0]) if parts else MediaId
    if kind is None:
        raise MediaIdError(identifier)
    media_id = kind.from_fields(entry_id, parts[1:])
    if media_id.written != identifier:
        raise MediaIdError(identifier)
    return media_id
