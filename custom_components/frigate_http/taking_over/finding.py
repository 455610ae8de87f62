"""Finds the camera, zone or part of a server that an official entity is of, by its name."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..aiofrigate import CameraConfig
from ..inventory import camera_unique_id_of, server_unique_id_of
from .known import KnownServer
from .official import as_place, splits


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
    """The server has it switched off, or does not tell it, so that ours does not exist."""
    NO_TWIN = "no_twin"
    """This integration has no such entity on purpose."""
    SAME_TWIN = "same_twin"
    """Another entity that moves becomes the same one of ours."""
    UNKNOWN = "unknown"
    """Its kind or name is not known here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What an entity of ours is of; the unique id follows from it."""

    key: tuple[str, ...]
    camera: str | None = None
    """None for the server."""
    zone: str | None = None

    def unique_id(self, entry_id: str) -> str:
        """Return the unique id in a config entry."""
        if self.camera is None:
            return server_unique_id_of(entry_id, *self.key)
        return camera_unique_id_of(entry_id, self.camera, *self.key, zone=self.zone)


type Place = tuple[str, str | None]
"""A camera, or a zone of it."""
type Find = Callable[[Lookup], Target | Reason]
type Fit = Callable[[Spot], tuple[str, ...] | Reason | None]
"""Returns the key for a place and the rest of a name; None if that is of another place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A camera, or a zone of it, with which a name begins."""

    server: KnownServer
    camera: CameraConfig
    zone: str | None
    rest: str
    """What follows in the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A name of the official integration that is looked up."""

    server: KnownServer
    places: Mapping[str, tuple[Place, ...]]
    """The cameras and zones by name; cameras can have zones of the same name."""
    name: str
    slug: str | None
    """The place of its device; None if it has no device."""

    def splits(self) -> Iterator[list[Spot]]:
        """Yield the places with which the name begins, and the rest, longest first.

        Names can begin with each other, and the rest contains `_` too. The device knows
        better, but not whether a place still exists.
        """
        cameras = self.server.config.cameras
        for first, rest in splits(self.name, self.places):
            if self.slug is None or self.slug == as_place(first):
                yield [
                    Spot(server=self.server, camera=cameras[name], zone=zone, rest=rest)
                    for name, zone in self.places[first]
                ]


def of_camera(*key: str, needs: Callable[[CameraConfig], bool] | None = None) -> Find:
    """Find the camera that has the name."""

    def _find(lookup: Lookup) -> Target | Reason:
        camera = lookup.server.config.cameras.get(lookup.name)
        if camera is None:
            return Reason.NOT_CONFIGURED
        if lookup.name not in lookup.server.cameras:
            return Reason.NOT_VISIBLE
        if needs is not None and not needs(camera):
            return Reason.NOT_PROVIDED
        return Target(camera=lookup.name, key=key)

    return _find


def of_place(fit: Fit, *, in_zones: bool = False) -> Find:
    """Find the camera or zone with which the name begins, if the rest fits."""

    def _find(lookup: Lookup) -> Target | Reason:
        for spots in lookup.splits():
            found = [
                (at, key)
                for at in spots
                if (at.zone is None or in_zones) and (key := fit(at))
            ]
            if len(found) > 1:
                return Reason.SHARED_ZONE
            for at, key in found:
                if at.camera.name not in lookup.server.cameras:
                    return Reason.NOT_VISIBLE
                if isinstance(key, Reason):
                    return key
                return Target(camera=at.camera.name, zone=at.zone, key=key)
        return Reason.NOT_CONFIGURED

    return _find


def one_of(key: str, names: Callable[[Spot], Collection[str]]) -> Fit:
    """Fit where the rest is one of the names at a place."""
    return lambda at: (key, at.rest) if at.rest in names(at) else None


def part(key: str, parts: Callable[[KnownServer], Collection[str]]) -> Find:
    """Find a part of the server that has the name."""
    return lambda lookup: (
        Target(key=(key, lookup.name))
        if lookup.name in parts(lookup.server)
        else Reason.NOT_PROVIDED
    )


def named(name: str, key: str) -> Find:
    """Find the only entity of its kind."""
    return lambda lookup: Target(key=(key,)) if lookup.name == name else Reason.UNKNOWN
