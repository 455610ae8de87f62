"""The base classes of entities that show features of a camera, or set one."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterator
from typing import override

from homeassistant.core import callback
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..aiofrigate import FeatureValue
from ..commands import Commands
from ..coordinator.server import ServerCoordinator
from ..live.topics import CONNECTION, Kind, Topic
from .base import CameraEntity
from .dynamic import Evidence, async_add_and_remove


class FeatureEntity(CameraEntity):
    """An entity that depends on features of its camera, whoever switches them.

    Changes are pushed. Without the live connection, they appear with the next read of the
    configuration.
    """

    _features: tuple[str, ...] = ()

    def __init__(
        self,
        commands: Commands,
        coordinator: ServerCoordinator,
        description: EntityDescription | None,
        camera: str,
    ) -> None:
        """Initialize for a camera."""
        super().__init__(coordinator, description, camera)
        self._commands = commands

    def feature_value(self, feature: str) -> FeatureValue | None:
        """Return the current value of a feature; None if it is unknown."""
        return self._commands.feature_value(self.camera, feature)

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to the features."""
        for feature in self._features:
            self._subscribe(Topic(Kind.FEATURES, self.camera, feature))
        await super().async_added_to_hass()

    def _subscribe(self, topic: Topic) -> None:
        self.async_on_remove(
            self._commands.live.async_subscribe_topic(
                topic, self._handle_coordinator_update
            )
        )


class ControlEntity(FeatureEntity):
    """An entity that shows and sets the feature that the key of its description names.

    While Frigate pushes, it is available whatever the polls do.
    """

    def __init__(
        self,
        commands: Commands,
        coordinator: ServerCoordinator,
        description: EntityDescription,
        camera: str,
    ) -> None:
        """Show a feature of a camera."""
        super().__init__(commands, coordinator, description, camera)
        self._feature = description.key
        self._features = (description.key,)

    @abstractmethod
    def _set_value_attrs(self, value: FeatureValue | None) -> None:
        """Set the attributes to a value; None if it is unknown."""

    @property
    @override
    def is_reachable(self) -> bool:
        """Return whether Frigate pushes, or the server answers polls."""
        return self._commands.live.is_pushing or super().is_reachable

    @override
    def _async_update_attrs(self) -> bool:
        if not is_settable(self.coordinator, self.camera, self._feature):
            return False
        self._set_value_attrs(self.feature_value(self._feature))
        return True

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to the feature, and to the connection that pushes it."""
        self._subscribe(CONNECTION)
        await super().async_added_to_hass()

    async def _async_set(self, value: FeatureValue) -> None:
        await self._commands.async_set_feature(self.camera, self._feature, value)


@callback
def async_add_controls[DescriptionT: EntityDescription](
    coordinator: ServerCoordinator,
    async_add_entities: AddConfigEntryEntitiesCallback,
    descriptions: Collection[DescriptionT],
    create: Callable[[ServerCoordinator, DescriptionT, str], ControlEntity],
) -> None:
    """Add an entity for each settable feature of each camera.

    An account that is no administrator gets none. Entities from before a loss of that role
    stay in the registry, unavailable.
    """

    def _settable(
        coordinator: ServerCoordinator,
    ) -> Iterator[tuple[DescriptionT, str]]:
        for one in descriptions:
            for camera in coordinator.data.cameras:
                if is_settable(coordinator, camera, one.key):
                    yield one, camera

    async_add_and_remove(
        coordinator,
        async_add_entities,
        {one.key for one in descriptions},
        _settable,
        create,
        evidence=Evidence(
            is_conclusive=lambda coordinator: coordinator.data.profile.is_admin
        ),
    )


def is_settable(coordinator: ServerCoordinator, camera: str, feature: str) -> bool:
    """Return whether this account may set a feature that Frigate lets be set."""
    config = coordinator.data.cameras.get(camera)
    return (
        coordinator.data.profile.is_admin
        and config is not None
        and feature in config.switchable
    )
