"""Which entity of ours continues each entity of the official integration."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from ..aiofrigate import CameraConfig, Capabilities, Config, Profile, Stats
from ..coordinator.server import FrigateData


class Reason(StrEnum):
    """Why an entity of the official integration stays with it."""

    UNTICKED = "unticked"
    """The user wants it to stay."""
    SHARED_ZONE = "shared_zone"
    """It is of a zone of several cameras, which have entities of their own here."""
    NOT_CONFIGURED = "not_configured"
    """Its camera, zone, label, model or part is not in the configuration any more."""
    NOT_VISIBLE = "not_visible"
    """Its camera is hidden from the account, or not selected in the options."""
    NEEDS_ADMINISTRATOR = "needs_administrator"
    """Only administrators of Frigate have it here."""
    NOT_PROVIDED = "not_provided"
    """This server does not provide what it shows, so that ours does not exist."""
    NO_TWIN = "no_twin"
    """This integration has no such entity on purpose."""
    SAME_TWIN = "same_twin"
    """Another entity that moves becomes the same one of ours."""
    UNKNOWN = "unknown"
    """Its kind or name is not known here."""


class Aspect(StrEnum):
    """In what an entity of ours differs from the official one."""

    STATES = "states"
    UNIT = "unit"
    DEVICE_CLASS = "device_class"
    STATE_CLASS = "state_class"
    OPTIONS = "options"
    ATTRIBUTES = "attributes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a user of an entity has to know that moves."""

    aspect: Aspect
    theirs: str
    """What the official integration says, such as `NONE`; empty for nothing."""
    ours: str
    breaks_statistics: bool = False
    """Whether the long-term statistics cannot go on as they are."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `dataclasses.asdict` has returned."""
        return cls(**{**data, "aspect": Aspect(data["aspect"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownServer:
    """What is known of a server: it decides which entities of ours exist there."""

    config: Config
    profile: Profile
    cameras: Mapping[str, CameraConfig]
    """Those that get entities."""
    stats: Stats | None
    people: frozenset[str]
    capabilities: Capabilities

    @classmethod
    def from_data(cls, data: FrigateData, capabilities: Capabilities) -> Self:
        """Return what the coordinator of a loaded entry knows."""
        return cls(
            config=data.config,
            profile=data.profile,
            cameras=data.cameras,
            stats=data.stats,
            people=frozenset(data.faces.people if data.faces else ()),
            capabilities=capabilities,
        )

    @classmethod
    def from_answers(
        cls,
        *,
        config: Config,
        profile: Profile,
        stats: Stats | None,
        people: Collection[str],
        capabilities: Capabilities,
        selected: Collection[str] = (),
    ) -> Self:
        """Return what a server has answered before there is an entry.

        `selected` are the cameras of the options; empty for all.
        """
        cameras = {
            name: camera
            for name, camera in config.cameras.items()
            if profile.may_see(name) and (not selected or name in selected)
        }
        return cls(
            config=config,
            profile=profile,
            cameras=cameras,
            stats=stats,
            people=frozenset(people),
            capabilities=capabilities,
        )
