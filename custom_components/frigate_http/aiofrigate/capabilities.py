"""What each version of Frigate can do; the only module that compares versions."""

from dataclasses import dataclass

from .models import Version

OLDEST_VERSION = (0, 16)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the version of a server can do.

    Every property is None while the version is unknown: before the first answer that
    contains it, and for a build with a version that is not a number.
    """

    version: Version | None = None

    @property
    def is_supported(self) -> bool | None:
        """Return whether this client supports the version."""
        return self._since(*OLDEST_VERSION)

    @property
    def has_camera_roles(self) -> bool | None:
        """Return whether there are roles that see some cameras only."""
        return self._since(0, 17)

    @property
    def lists_gaps(self) -> bool | None:
        """Return whether there is a list of the times that a camera has not recorded."""
        return self._since(0, 17)

    @property
    def pushes_current_sounds(self) -> bool | None:
        """Return whether the sounds that go on are pushed when a client connects."""
        return self._since(0, 17)

    @property
    def caches_by_account(self) -> bool | None:
        """Return whether an answer that nginx keeps goes to the same account only."""
        return self._since(0, 17)

    @property
    def reports_unknown_accounts(self) -> bool | None:
        """Return whether setting the password of an account that does not exist fails."""
        return self._since(0, 17)

    @property
    def marks_as_unreviewed(self) -> bool | None:
        """Return whether several review items can be marked as not reviewed at once."""
        return self._since(0, 17)

    @property
    def summarizes_reviews(self) -> bool | None:
        """Return whether a language model can summarize the review items of a period."""
        return self._since(0, 17)

    @property
    def summarizes_for_administrators_only(self) -> bool | None:
        """Return whether only administrators get such a summary.

        Before, every account gets it, also of cameras that it may not see.
        """
        return self._since(0, 18)

    @property
    def has_export_jobs(self) -> bool | None:
        """Return whether exports are queued, and can be watched as jobs.

        These versions also have a separate route for time-lapse exports, and delete
        several exports in one request, all of them or none.
        """
        return self._since(0, 18)

    @property
    def sets_features_over_http(self) -> bool | None:
        """Return whether features of cameras are set by HTTP, not over the WebSocket."""
        return self._since(0, 18)

    @property
    def lists_storage_for_administrators_only(self) -> bool | None:
        """Return whether only administrators get to know what recordings take up."""
        return self._since(0, 18)

    @property
    def lets_viewers_move_cameras(self) -> bool | None:
        """Return whether accounts that see a camera may move it, not only administrators."""
        return self._since(0, 18)

    @property
    def zooms_relatively(self) -> bool | None:
        """Return whether a relative movement of a camera may zoom too; before, it fails."""
        return self._since(0, 18)

    @property
    def has_connection_stats(self) -> bool | None:
        """Return whether the stats contain the connection quality of cameras."""
        return self._since(0, 18)

    @property
    def max_threat(self) -> int | None:
        """Return the highest threat level of a described review item."""
        is_018 = self._since(0, 18)
        return None if is_018 is None else 2 if is_018 else 3

    def _since(self, major: int, minor: int) -> bool | None:
        return None if self.version is None else self.version.at_least(major, minor)
