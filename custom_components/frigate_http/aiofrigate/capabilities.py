"""What each version of Frigate can do: the only place that compares versions."""

from dataclasses import dataclass

from .models import Version

OLDEST_VERSION = (0, 14)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the version of a server can do.

    Every answer is None while the version is not known: before the first answer that
    names it, and for a build whose version is no number.
    """

    version: Version | None = None

    @property
    def is_supported(self) -> bool | None:
        """Return whether this client was made for the version."""
        return self._since(*OLDEST_VERSION)

    @property
    def has_export_jobs(self) -> bool | None:
        """Return whether exports wait in a queue, and the server tells of that work.

        Those servers also have a route of its own for time-lapse exports, and delete
        several exports in one request: all of them or none.
        """
        return self._since(0, 18)

    @property
    def sets_features_over_http(self) -> bool | None:
        """Return whether features of cameras are set by HTTP, not on the WebSocket."""
        return self._since(0, 18)

    @property
    def lets_viewers_move_cameras(self) -> bool | None:
        """Return whether whoever sees a camera may move it, not administrators alone."""
        return self._since(0, 18)

    @property
    def has_connection_stats(self) -> bool | None:
        """Return whether stats tell how well a camera's stream arrives."""
        return self._since(0, 18)

    def _since(self, major: int, minor: int) -> bool | None:
        return None if self.version is None else self.version.at_least(major, minor)
