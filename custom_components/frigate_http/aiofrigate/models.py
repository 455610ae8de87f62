"""Models of the version, the account, images and the face library.

Every `from_api` is tolerant: if a key is missing, empty or of another type, the value is
None, which means unknown. It never changes its argument.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Any, Self, override

from .parsing import MAX_FILES, as_items, as_name, as_names, unusable_names

ANONYMOUS = "anonymous"
"""The user name on the port that needs no login."""
ADMIN_ROLE = "admin"
BUILT_IN_ROLES = (ADMIN_ROLE, "viewer")

type FeatureValue = bool | int | str
"""What a feature of a camera is set to; a text for `birdseye_mode` only."""

_VERSION = re.compile(
    r"v?((\d{1,9})\.(\d{1,9})(?:\.\d+)*)(-(?:alpha|beta|rc|dev)\.?\d*)?(?:[-+.]\S*)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Version:
    """A version such as `0.17.2-3d4dd3a`; the build hash does not count."""

    raw: str
    major: int
    minor: int
    release: str
    """Without the build: `0.17.2`, `0.18.0-beta1`."""

    @classmethod
    def parse(cls, text: Any) -> Self | None:
        """Return a version, or None if this is not one."""
        name = as_name(text)
        if name is None or (found := _VERSION.fullmatch(name.strip())) is None:
            return None
        release = found[1] + (found[4] or "").lower()
        return cls(name.strip(), int(found[2]), int(found[3]), release)

    def at_least(self, major: int, minor: int) -> bool:
        """Return whether this is the given version or a later one."""
        return (self.major, self.minor) >= (major, minor)

    @override
    def __str__(self) -> str:
        """Return the version without its build."""
        return self.release


@dataclass(frozen=True, slots=True)
class Profile:
    """The account in use."""

    username: str | None
    role: str | None
    allowed_cameras: tuple[str, ...] | None
    """None if the server does not tell."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read `{"username", "role", "allowed_cameras": [...]}`."""
        cameras = data.get("allowed_cameras")
        return cls(
            as_name(data.get("username")),
            as_name(data.get("role")),
            as_names(cameras) if isinstance(cameras, list) else None,
        )

    @property
    def is_anonymous(self) -> bool:
        """Return whether this is the port that needs no login."""
        return self.username == ANONYMOUS

    @property
    def is_admin(self) -> bool:
        """Return whether this account is an administrator."""
        return self.role == ADMIN_ROLE

    @property
    def is_restricted(self) -> bool:
        """Return whether this account may be limited to some cameras."""
        is_known = self.role is not None or self.allowed_cameras is not None
        return is_known and self.role not in BUILT_IN_ROLES

    def may_see(self, camera: str) -> bool:
        """Return whether this account may see a camera."""
        return self.allowed_cameras is None or camera in self.allowed_cameras


@dataclass(frozen=True, slots=True)
class FaceLibrary:
    """The known persons, and the images that can be assigned to one."""

    people: Mapping[str, tuple[str, ...]]
    """File names of the images, by person."""
    train: tuple[str, ...]
    unusable_names: tuple[str, ...] = ()
    """Paths where names are empty, too long or too many: `faces`, `faces.*`."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read `{"<person>": ["<file>", ...], "train": [...]}`."""
        people = {
            name: as_names(files, MAX_FILES)
            for name, files in as_items(data).items()
            if name != "train"
        }
        unusable = (
            *unusable_names({"faces": data}, ("faces",)),
            *unusable_names({"faces": data}, ("faces.*",), MAX_FILES),
        )
        return cls(people, as_names(data.get("train"), MAX_FILES), unusable)


@dataclass(frozen=True, slots=True)
class Identity:
    """User and role in the headers of `/api/auth`."""

    user: str | None
    role: str | None


@dataclass(frozen=True, slots=True)
class StillImage:
    """An image of a camera."""

    content: bytes
    content_type: str
    offline: bool
    """Whether Frigate says that the camera is offline, and this is its last image."""


@dataclass(frozen=True, slots=True)
class Overlays:
    """What Frigate draws into an image."""

    bounding_boxes: bool = False
    timestamp: bool = False
    zones: bool = False
    motion: bool = False
    regions: bool = False
    mask: bool = False

    def as_query(self) -> dict[str, int]:
        """Return the query for what is chosen."""
        wanted = {
            "bbox": self.bounding_boxes,
            "timestamp": self.timestamp,
            "zones": self.zones,
            "motion": self.motion,
            "regions": self.regions,
            "mask": self.mask,
        }
        return {name: 1 for name, on in wanted.items() if on}
