"""An asyncio client for the HTTP API and the WebSocket of Frigate NVR.

It depends on aiohttp only, not on Home Assistant. Times are in seconds since the epoch
(UTC), durations in seconds, and sizes of images in pixels. Every method that sends
something raises `FrigateError`, see `errors`.
"""

from .auth import Credentials
from .backoff import FIRST_BACKOFF, MAX_BACKOFF, Backoff
from .byte_ranges import ByteRange, ContentRange
from .capabilities import Capabilities
from .client import FrigateClient
from .clock import ServerClock
from .configuration import BIRDSEYE, CameraConfig, Config, ZoneConfig
from .controls import NO_PROFILE, ProfileChoice, Profiles, PtzInfo
from .discovery import find_server, normalize_url
from .errors import (
    FrigateArgumentError,
    FrigateAuthError,
    FrigateBadRequestError,
    FrigateClosedError,
    FrigateConflictError,
    FrigateConnectionError,
    FrigateContentError,
    FrigateDataError,
    FrigateError,
    FrigateForbiddenError,
    FrigateGenAiDisabledError,
    FrigateHTMLError,
    FrigateLiveError,
    FrigateNotFoundError,
    FrigateRangeError,
    FrigateRateLimitError,
    FrigateRedirectError,
    FrigateResponseError,
    FrigateSearchDisabledError,
    FrigateServerError,
    FrigateStartingError,
    FrigateTimeoutError,
    FrigateTLSError,
    FrigateTLSProtocolError,
    FrigateTLSUntrustedError,
    FrigateTooLargeError,
    FrigateTooLongError,
    FrigateUnreachableError,
    FrigateValidationError,
    FrigateVideoError,
    FrigateWrongPasswordError,
    VideoFault,
)
from .events import Event, EventFilter, FoundEvent, NewEvent
from .exports import TIMELAPSE, Export, ExportFile, ExportJob, Exports
from .faces import Recognition, TrainingImage
from .files import EventMedia
from .images import IMAGE_TYPE_BYTES, MAX_IMAGE_BYTES, image_type, jpeg_frames
from .live import Live, LiveListener
from .live_video import LiveVideo, VideoSocket, is_websocket_refused
from .logs import SERVICES as LOG_SERVICES, Log
from .messages import Stream, Upload
from .metrics import PastError, RequestMetrics, RouteMetrics
from .models import FaceLibrary, Identity, Overlays, Profile, StillImage, Version
from .notifications import (
    MAX_ENDPOINT_LENGTH,
    PushSubscription,
    is_push_endpoint,
    is_push_public_key,
    is_push_secret,
)
from .paging import TICK, Page
from .parsing import MAX_NAME_LENGTH, as_timestamp
from .playlists import Playlist
from .previews import Preview
from .recordings import Gap, RecordedDay, RecordedHour, Segment
from .redaction import Mask, is_public, mask_url, redact
from .renamed_parts import is_device, renamed_gpus, renamed_temperatures
from .review_texts import NO_TEXTS, ReviewTexts
from .reviews import Review, ReviewDay, ReviewFilter, ReviewSummary
from .schema import FrigateSchemaPathError, schema_at
from .stats import (
    CameraStats,
    DetectorStats,
    GpuStats,
    NpuStats,
    Stats,
    StorageStats,
    Usage,
)
from .users import User
from .vod import MAX_RANGE
from .ws_updates import (
    CameraActivity,
    CameraUpdate,
    Classified,
    Count,
    FeatureState,
    Motion,
    ObjectClassified,
    ObjectDescribed,
    ObjectUpdate,
    ProfileState,
    Recognized,
    ReviewStatus,
    ReviewUpdate,
    Sound,
    SoundActivity,
    TrackedObject,
    Triggered,
    Update,
)

__all__ = [
    "BIRDSEYE",
    "FIRST_BACKOFF",
    "IMAGE_TYPE_BYTES",
    "LOG_SERVICES",
    "MAX_BACKOFF",
    "MAX_ENDPOINT_LENGTH",
    "MAX_IMAGE_BYTES",
    "MAX_NAME_LENGTH",
    "MAX_RANGE",
    "NO_PROFILE",
    "NO_TEXTS",
    "TICK",
    "TIMELAPSE",
    "Backoff",
    "ByteRange",
    "CameraActivity",
    "CameraConfig",
    "CameraStats",
    "CameraUpdate",
    "Capabilities",
    "Classified",
    "Config",
    "ContentRange",
    "Count",
    "Credentials",
    "DetectorStats",
    "Event",
    "EventFilter",
    "EventMedia",
    "Export",
    "ExportFile",
    "ExportJob",
    "Exports",
    "FaceLibrary",
    "FeatureState",
    "FoundEvent",
    "FrigateArgumentError",
    "FrigateAuthError",
    "FrigateBadRequestError",
    "FrigateClient",
    "FrigateClosedError",
    "FrigateConflictError",
    "FrigateConnectionError",
    "FrigateContentError",
    "FrigateDataError",
    "FrigateError",
    "FrigateForbiddenError",
    "FrigateGenAiDisabledError",
    "FrigateHTMLError",
    "FrigateLiveError",
    "FrigateNotFoundError",
    "FrigateRangeError",
    "FrigateRateLimitError",
    "FrigateRedirectError",
    "FrigateResponseError",
    "FrigateSchemaPathError",
    "FrigateSearchDisabledError",
    "FrigateServerError",
    "FrigateStartingError",
    "FrigateTLSError",
    "FrigateTLSProtocolError",
    "FrigateTLSUntrustedError",
    "FrigateTimeoutError",
    "FrigateTooLargeError",
    "FrigateTooLongError",
    "FrigateUnreachableError",
    "FrigateValidationError",
    "FrigateVideoError",
    "FrigateWrongPasswordError",
    "Gap",
    "GpuStats",
    "Identity",
    "Live",
    "LiveListener",
    "LiveVideo",
    "Log",
    "Mask",
    "Motion",
    "NewEvent",
    "NpuStats",
    "ObjectClassified",
    "ObjectDescribed",
    "ObjectUpdate",
    "Overlays",
    "Page",
    "PastError",
    "Playlist",
    "Preview",
    "Profile",
    "ProfileChoice",
    "ProfileState",
    "Profiles",
    "PtzInfo",
    "PushSubscription",
    "Recognition",
    "Recognized",
    "RecordedDay",
    "RecordedHour",
    "RequestMetrics",
    "Review",
    "ReviewDay",
    "ReviewFilter",
    "ReviewStatus",
    "ReviewSummary",
    "ReviewTexts",
    "ReviewUpdate",
    "RouteMetrics",
    "Segment",
    "ServerClock",
    "Sound",
    "SoundActivity",
    "Stats",
    "StillImage",
    "StorageStats",
    "Stream",
    "TrackedObject",
    "TrainingImage",
    "Triggered",
    "Update",
    "Upload",
    "Usage",
    "User",
    "Version",
    "VideoFault",
    "VideoSocket",
    "ZoneConfig",
    "as_timestamp",
    "find_server",
    "image_type",
    "is_device",
    "is_public",
    "is_push_endpoint",
    "is_push_public_key",
    "is_push_secret",
    "is_websocket_refused",
    "jpeg_frames",
    "mask_url",
    "normalize_url",
    "redact",
    "renamed_gpus",
    "renamed_temperatures",
    "schema_at",
]
