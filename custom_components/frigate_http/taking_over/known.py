"""What is known of a server: it decides which entities of ours exist there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

from ..aiofrigate import CameraConfig, Capabilities, Config, Profile, Stats
from ..coordinator.server import FrigateData


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
    ) -> Self:
        """Return what a server has answered before there is an entry."""
        cameras = config.cameras.items()
        return cls(
            config=config,
            profile=profile,
            cameras={name: one for name, one in cameras if profile.may_see(name)},
            stats=stats,
            people=frozenset(people),
            capabilities=capabilities,
        )
