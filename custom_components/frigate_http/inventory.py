"""Keeps the device and entity registry in sync with the server."""

from collections import Counter
from collections.abc import Iterable, Iterator
import re
from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo

from .aiofrigate import Config
from .const import CONF_CAMERAS, DOMAIN
from .coordinator.server import ServerCoordinator

MANUFACTURER = "Frigate"
PERSON_SENSORS = ("face_images", "last_seen", "last_camera")
"""The keys of the sensors that each person of the face library has."""

_OF_CAMERA = re.compile(
    r"camera:(?P<camera>[^:]+):(zone:([^:\\]|\\.)*:)?(?P<key>[^:]+)(:.*)?", re.DOTALL
)


def server_device_info(coordinator: ServerCoordinator) -> DeviceInfo:
    """Return the device info of the server."""
    entry = coordinator.config_entry
    stats = coordinator.data.stats
    info = DeviceInfo(
        identifiers={(DOMAIN, entry.entry_id)},
        name=entry.title,
        manufacturer=MANUFACTURER,
        model="NVR",
        entry_type=DeviceEntryType.SERVICE,
        configuration_url=coordinator.browser_url,
    )
    if stats is not None and stats.version is not None:
        info["sw_version"] = str(stats.version)
    return info


def camera_device_info(coordinator: ServerCoordinator, camera: str) -> DeviceInfo:
    """Return the device info of a camera, connected via the server."""
    entry_id = coordinator.config_entry.entry_id
    info = DeviceInfo(
        identifiers={(DOMAIN, f"{entry_id}:{camera}")},
        name=camera_name(coordinator.data.config, camera),
        manufacturer=MANUFACTURER,
        model="Camera",
        configuration_url=f"{coordinator.browser_url}/#{camera}",
    )
    server = dr.async_get(coordinator.hass).async_get_device_by_identifier(
        (DOMAIN, entry_id), entry_id
    )
    if TYPE_CHECKING:
        # The server's device is registered at setup before that of any camera.
        assert server is not None
    info["via_device_id"] = server.id
    return info


def camera_name(config: Config, camera: str) -> str:
    """Return the display name of a camera in Frigate."""
    found = config.cameras.get(camera)
    return (found and found.friendly_name) or as_title(camera)


def as_title(name: str) -> str:
    """Return a name of Frigate's, such as `front_door`, as a title: `Front door`."""
    words = name.replace("_", " ").strip() or name
    return words[:1].upper() + words[1:]


def camera_labels(
    hass: HomeAssistant, entry: ConfigEntry, cameras: Iterable[str]
) -> dict[str, str]:
    """Return the labels of these cameras, and of all that have a device.

    Where two are called the same, Frigate's name tells them apart.
    """
    labels = {camera: as_title(camera) for camera in cameras}
    for camera, device in _camera_devices(hass, entry):
        labels[camera] = device.name_by_user or device.name or as_title(camera)
    common = Counter(labels.values())
    return {
        camera: label if common[label] == 1 else f"{label} ({camera})"
        for camera, label in labels.items()
    }


def known_cameras(hass: HomeAssistant, entry: ConfigEntry) -> set[str]:
    """Return the cameras with a device, also from earlier runs."""
    return {camera for camera, _device in _camera_devices(hass, entry)}


def camera_of_device(entry: ConfigEntry, device: dr.DeviceEntry) -> str | None:
    """Return the camera of a device; None for the device of the server."""
    prefix = f"{entry.entry_id}:"
    return next(
        (
            identifier.removeprefix(prefix)
            for domain, identifier in device.identifiers
            if domain == DOMAIN and identifier.startswith(prefix)
        ),
        None,
    )


def camera_entity_name(entry: er.RegistryEntry) -> str | None:
    """Return the camera of a camera entity; None for any other entity."""
    prefix = f"{entry.config_entry_id}:camera:"
    if (entry.platform, entry.domain) != (DOMAIN, Platform.CAMERA):
        return None
    if not entry.unique_id.startswith(prefix):
        return None
    return entry.unique_id.removeprefix(prefix)


def camera_entity_id(
    hass: HomeAssistant, entry: ConfigEntry, camera: str
) -> str | None:
    """Return the entity id of a camera; None if it has no entity."""
    unique_id = camera_unique_id(entry, camera)
    return er.async_get(hass).async_get_entity_id(Platform.CAMERA, DOMAIN, unique_id)


def camera_fields(
    hass: HomeAssistant, entry: ConfigEntry, camera: str | None
) -> dict[str, str | None]:
    """Return the fields that name a camera in responses and events.

    Automations need the entity: its id follows neither from Frigate's name nor from the
    friendly name of the camera.
    """
    entity_id = None if camera is None else camera_entity_id(hass, entry, camera)
    return {"camera": camera, "entity_id": entity_id}


def camera_entities(
    hass: HomeAssistant, entry: ConfigEntry
) -> Iterator[tuple[str, str]]:
    """Yield the entity id and Frigate's name of every camera that has an entity."""
    registry = er.async_get(hass)
    for one in er.async_entries_for_config_entry(registry, entry.entry_id):
        if (camera := camera_entity_name(one)) is not None:
            yield one.entity_id, camera


def known_people(hass: HomeAssistant, entry: ConfigEntry) -> set[str]:
    """Return the people with a sensor, also from earlier runs."""
    found = (
        server_key_and_part(entry, one.unique_id)
        for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    )
    return {one[1] for one in found if one is not None and one[0] in PERSON_SENSORS}


def person_unique_id(
    entry: ConfigEntry, person: str, key: str = PERSON_SENSORS[0]
) -> str:
    """Return the unique id of a sensor of a person."""
    return server_unique_id(entry, key, person)


def server_unique_id(entry: ConfigEntry, key: str, *part: str) -> str:
    """Return the unique id of an entity of the server, or of a part of it."""
    return server_unique_id_of(entry.entry_id, key, *part)


def server_unique_id_of(entry_id: str, key: str, *part: str) -> str:
    """Return the same for the id of a config entry."""
    return ":".join((entry_id, "server", key, *part))


def camera_unique_id(
    entry: ConfigEntry, camera: str, *key: str, zone: str | None = None
) -> str:
    """Return the unique id of an entity of a camera, or of a zone of it.

    A camera's name has no colon, a zone's is escaped, and a label comes last: whatever
    they are called, no two entities get the same id.
    """
    return camera_unique_id_of(entry.entry_id, camera, *key, zone=zone)


def camera_unique_id_of(
    entry_id: str, camera: str, *key: str, zone: str | None = None
) -> str:
    """Return the same for the id of a config entry."""
    of_zone = () if zone is None else ("zone", re.sub(r"([:\\])", r"\\\1", zone))
    return ":".join((entry_id, "camera", camera, *of_zone, *key))


def camera_and_key(entry: ConfigEntry, unique_id: str) -> tuple[str, str] | None:
    """Return the camera and the key in a unique id; None if it has not both."""
    match = _OF_CAMERA.fullmatch(unique_id.removeprefix(f"{entry.entry_id}:"))
    return None if match is None else (match["camera"], match["key"])


def server_key_and_part(entry: ConfigEntry, unique_id: str) -> tuple[str, str] | None:
    """Return the key and the part in a unique id; None if it is not of the server."""
    prefix = server_unique_id(entry, "")
    if not unique_id.startswith(prefix):
        return None
    key, _, part = unique_id.removeprefix(prefix).partition(":")
    return key, part


@callback
def async_keep_in_step(hass: HomeAssistant, coordinator: ServerCoordinator) -> None:
    """Update devices and sensors of people, now and after every poll."""
    done: tuple[object, ...] = ()

    @callback
    def _sync() -> None:
        nonlocal done
        version = coordinator.data.stats and coordinator.data.stats.version
        now = (coordinator.data.config, coordinator.data.profile, version)
        if now != done:
            done = now
            _update_devices(hass, coordinator)
        _remove_gone_cameras(hass, coordinator)
        _remove_gone_people(hass, coordinator)

    coordinator.config_entry.async_on_unload(coordinator.async_add_listener(_sync))
    _sync()
    _remove_unwanted_cameras(hass, coordinator)


@callback
def async_is_in_use(coordinator: ServerCoordinator, device: dr.DeviceEntry) -> bool:
    """Return whether a device is the server or an existing camera."""
    entry_id = coordinator.config_entry.entry_id
    in_use = {
        entry_id,
        *(f"{entry_id}:{camera}" for camera in coordinator.data.cameras),
    }
    return any(
        domain == DOMAIN and identifier in in_use
        for domain, identifier in device.identifiers
    )


def _camera_devices(
    hass: HomeAssistant, entry: ConfigEntry
) -> Iterator[tuple[str, dr.DeviceEntry]]:
    for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id):
        if (camera := camera_of_device(entry, device)) is not None:
            yield camera, device


def _update_devices(hass: HomeAssistant, coordinator: ServerCoordinator) -> None:
    """Register the server and its cameras with their current names."""
    registry = dr.async_get(hass)
    entry_id = coordinator.config_entry.entry_id
    registry.async_get_or_create(
        config_entry_id=entry_id, **server_device_info(coordinator)
    )
    for camera in coordinator.data.cameras:
        registry.async_get_or_create(
            config_entry_id=entry_id, **camera_device_info(coordinator, camera)
        )


def _remove_gone_cameras(hass: HomeAssistant, coordinator: ServerCoordinator) -> None:
    if not (gone := coordinator.missing_cameras.stale):
        return
    for camera, device in list(_camera_devices(hass, coordinator.config_entry)):
        if camera in gone:
            dr.async_get(hass).async_remove_device(device.id)
    for camera in list(gone):
        coordinator.missing_cameras.discard(camera)


def _remove_unwanted_cameras(
    hass: HomeAssistant, coordinator: ServerCoordinator
) -> None:
    """Remove the devices of cameras that are not selected in the options."""
    entry = coordinator.config_entry
    if not (chosen := entry.options.get(CONF_CAMERAS)):
        return
    for camera, device in list(_camera_devices(hass, entry)):
        if camera not in chosen:
            dr.async_get(hass).async_remove_device(device.id)


def _remove_gone_people(hass: HomeAssistant, coordinator: ServerCoordinator) -> None:
    registry = er.async_get(hass)
    for person in list(coordinator.missing_people.stale):
        for key in PERSON_SENSORS:
            unique_id = person_unique_id(coordinator.config_entry, person, key)
            entity_id = registry.async_get_entity_id(Platform.SENSOR, DOMAIN, unique_id)
            if entity_id is not None:
                registry.async_remove(entity_id)
        coordinator.missing_people.discard(person)
