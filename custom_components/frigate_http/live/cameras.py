"""The states of all cameras, with the configuration that they have."""

from collections.abc import Mapping

from ..aiofrigate import CameraConfig, Config
from .camera_state import CameraState


class Cameras:
    """The cameras that have a state: no others than those of the configuration."""

    def __init__(self) -> None:
        """Start without cameras."""
        self.config = Config.from_api({})
        self.configs: Mapping[str, CameraConfig] = {}
        self.states: dict[str, CameraState] = {}

    def configure(self, config: Config, cameras: Mapping[str, CameraConfig]) -> bool:
        """Apply a configuration, and the part of its cameras that have a state.

        Returns:
            Whether there is something new, of which Frigate may have told already.
        """
        before, self.configs, self.config = self.configs, cameras, config
        self.states = {name: self.of(name) for name in cameras}
        return any(
            name not in before or camera.sounds != before[name].sounds
            for name, camera in cameras.items()
        )

    def of(self, camera: str) -> CameraState:
        """Return the state of a camera; of one that has none, nothing is known."""
        return self.states.get(camera) or CameraState()
