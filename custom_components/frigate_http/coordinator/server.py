"""The coordinator of a server: statistics, faces and configuration."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
import time
from typing import TYPE_CHECKING, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant, callback

from ..aiofrigate import (
    MAX_NAME_LENGTH,
    CameraConfig,
    Config,
    FaceLibrary,
    FrigateClient,
    FrigateError,
    FrigateForbiddenError,
    FrigateRateLimitError,
    Profile,
    Stats,
    Version,
)
from ..const import CONF_BROWSER_URL, CONF_CAMERAS, LOGGER, POLL_INTERVAL
from ..errors import coordinator_errors, is_auth_error, is_refusal
from ..issues import async_update_issues
from .base import BaseCoordinator
from .misses import MissTolerance
from .missing import MissingTracker

CONFIG_INTERVAL = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class FrigateData:
    """The state of a server after a poll."""

    config: Config
    profile: Profile
    stats: Stats | None
    """None while only the request for statistics fails, more than once in a row."""
    faces: FaceLibrary | None
    """None while only that request fails, as above, or if this account may not read them."""
    cameras: Mapping[str, CameraConfig]
    """Cameras that are configured in Frigate, visible to this account, and selected in the options."""
    config_read_at: float
    """By the monotonic clock. A read supersedes all feature states pushed before it."""


class ServerCoordinator(BaseCoordinator[FrigateData]):
    """Polls statistics and faces together, and the configuration when that is due.

    Statistics and faces fail independently: as long as one request succeeds, the entities
    that depend on it stay available. One missed poll changes nothing yet: a busy server
    answers the next one.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        known_cameras: Iterable[str],
        known_people: Iterable[str],
    ) -> None:
        """Initialize with the cameras and people that Home Assistant knows from earlier runs."""
        super().__init__(hass, entry, client, entry.title, POLL_INTERVAL)
        self.missing_cameras = MissingTracker(known_cameras)
        self.missing_people = MissingTracker(known_people)
        self._config: Config | None = None
        self._profile = Profile(None, None, None)
        self._config_due_at = 0.0
        self.config_read_at = 0.0
        """By the monotonic clock. Later changes are not in the configuration."""
        self._last_stats: Stats | None = None
        self._tolerance = MissTolerance()
        self._stats_tolerance = MissTolerance()
        self._faces_tolerance = MissTolerance()
        self._faces_refused = False
        self._pauses: dict[str, tuple[float, FrigateRateLimitError]] = {}
        self._warned: set[str] = set()

    @property
    def browser_url(self) -> str:
        """Return the URL of Frigate's web interface for browsers."""
        url: str = (
            self.config_entry.options.get(CONF_BROWSER_URL)
            or self.config_entry.data[CONF_URL]
        )
        return url.rstrip("/")

    @property
    def version(self) -> Version | None:
        """Return the last known version, also while the statistics fail."""
        return self.client.capabilities.version

    @property
    def profile(self) -> Profile:
        """Return the last known profile of our account."""
        return self._profile

    async def async_refresh_config(self) -> None:
        """Read the configuration now and update all entities."""
        self._config_due_at = 0.0
        await self.async_refresh_past_cache()

    @property
    def has_missed_poll(self) -> bool:
        """Return whether the last poll failed as a whole, be it an outage or not yet."""
        return self._tolerance.has_missed

    @property
    def is_answering(self) -> bool:
        """Return whether the last poll succeeded: what fails now fails alone."""
        return self.last_update_success and not self.has_missed_poll

    async def async_find_outage(self) -> None:
        """Poll once because something else failed, unless it is known that polls fail."""
        if self._turn.locked():
            # The poll that is under way tells.
            async with self._turn:
                return
        if not self.has_missed_poll:
            await self.async_refresh()

    @callback
    @override
    def _async_refresh_finished(self) -> None:
        # Listeners are not called for a second failure in a row, which may have another reason.
        async_update_issues(self)

    @override
    async def _async_poll(self, *, fresh: bool) -> FrigateData:
        """Poll statistics and faces, then the configuration if it is due."""
        system = self.client.system
        # After a restart, Frigate's cache may still hold what was before it.
        past_cache = fresh or self.has_missed_poll
        with coordinator_errors():
            stats, faces = await asyncio.gather(
                # Past the cache, as only fresh stats tell about the server's clock.
                self._result_or_error("stats", partial(system.stats, fresh=True)),
                self._read_faces(fresh=past_cache),
            )
            self._raise_outage(stats, faces, fresh=fresh)
            known_stats = self._stats_or_kept(stats, fresh=fresh)
            known_faces = self._faces_or_kept(faces, fresh=fresh)
            if not self.has_missed_poll and (
                time.monotonic() >= self._config_due_at or self._needs_config(stats)
            ):
                await self._read_config()
        if isinstance(stats, Stats):
            self._last_stats = stats
            self._log_unusable_names("stats", stats.unusable_names)
        if isinstance(faces, FaceLibrary):
            self.missing_people.update(faces.people)
            self._log_unusable_names("faces", faces.unusable_names)
        if TYPE_CHECKING:
            assert self._config is not None
        return FrigateData(
            self._config,
            self._profile,
            known_stats,
            known_faces,
            self._cameras(),
            self.config_read_at,
        )

    @property
    def _kept(self) -> FrigateData | None:
        """Return the data that one missed poll leaves in place."""
        return self.data if self.last_update_success else None

    def _raise_outage(
        self,
        stats: Stats | FrigateError,
        faces: FaceLibrary | FrigateError | None,
        *,
        fresh: bool,
    ) -> None:
        """Raise the error if the login was lost, or the poll failed as a whole again."""
        if isinstance(stats, Stats) or (
            isinstance(faces, FaceLibrary) and not is_auth_error(stats)
        ):
            if self.has_missed_poll:
                # It would find out by itself only after a pause of up to a minute.
                self.client.live.wake()
            self._tolerance.reset()
        elif not self._may_miss(stats, self._tolerance, fresh=fresh):
            raise stats

    def _may_miss(
        self, err: FrigateError, tolerance: MissTolerance, *, fresh: bool
    ) -> bool:
        """Return whether what is known outlives this failed poll."""
        is_allowed = tolerance.allows(out_of_turn=fresh)
        return is_allowed and self._kept is not None and not is_refusal(err)

    async def _request_unless_paused[T](
        self, subject: str, call: Callable[[], Awaitable[T]]
    ) -> T:
        """Return a response; send nothing while Frigate rate limits this request.

        Raises:
            FrigateRateLimitError: Frigate asks for a pause that is not over yet.
            FrigateError: the request failed.
        """
        until, error = self._pauses.get(subject, (0.0, None))
        if error is not None and (left := until - time.monotonic()) > 0:
            raise _with_pause(error, left)
        try:
            return await call()
        except FrigateRateLimitError as err:
            self._pauses[subject] = (time.monotonic() + err.retry_after, err)
            raise _with_pause(err, err.retry_after) from err

    async def _result_or_error[T](
        self, subject: str, call: Callable[[], Awaitable[T]]
    ) -> T | FrigateError:
        """Return a response, or the error as a value."""
        try:
            return await self._request_unless_paused(subject, call)
        except FrigateError as err:
            return err

    async def _read_faces(self, *, fresh: bool) -> FaceLibrary | FrigateError | None:
        """Return the faces or an error; None if an earlier request was forbidden."""
        if self._faces_refused:
            return None
        return await self._result_or_error(
            "faces", partial(self.client.faces.library, fresh=fresh)
        )

    def _stats_or_kept(
        self, stats: Stats | FrigateError, *, fresh: bool
    ) -> Stats | None:
        """Return the stats: after an error the last ones, after two in a row None."""
        kept = self._kept.stats if self._kept else None
        tolerance = self._stats_tolerance
        return self._answer_or_kept("stats", stats, kept, tolerance, fresh=fresh)

    def _faces_or_kept(
        self, faces: FaceLibrary | FrigateError | None, *, fresh: bool
    ) -> FaceLibrary | None:
        """Return the faces likewise, and None if the account has no access to them."""
        if isinstance(faces, FrigateForbiddenError):
            # Retried after the next read of the configuration: the role may have changed.
            self._faces_refused = True
            self._log_once("faces", f"does not let us read the faces: {faces.message}")
            return None
        kept = self._kept.faces if self._kept else None
        tolerance = self._faces_tolerance
        return self._answer_or_kept("faces", faces, kept, tolerance, fresh=fresh)

    async def _read_config(self) -> None:
        """Read the configuration and our profile; keep the last ones if that fails."""
        system = self.client.system
        began_at = time.monotonic()
        # Set before the response, so that a refresh requested meanwhile is not lost.
        self._config_due_at = began_at + CONFIG_INTERVAL.total_seconds()
        try:
            config = await self._request_unless_paused(
                "config", partial(system.config, fresh=True)
            )
            # After the configuration, so that the profile covers every camera in it.
            profile = await self._request_unless_paused(
                "profile", partial(system.profile, fresh=True)
            )
        except FrigateError as err:
            # Retry with the next poll.
            self._config_due_at = 0.0
            if self._config is None or is_auth_error(err):
                raise
            self._log_once("config", f"cannot read the configuration: {err.message}")
            return
        self._log_recovered("config")
        self._log_unusable_names("config", config.unusable_names)
        is_same_account = self._config is None or (
            _account_of(profile) == _account_of(self._profile)
        )
        if is_same_account and not config.safe_mode:
            self.missing_cameras.update(config.cameras)
        else:
            # Another account or the safe mode hides cameras that still exist.
            self.missing_cameras.reset()
        self._config, self._profile = config, profile
        self.config_read_at = began_at
        self._faces_refused = False

    def _cameras(self) -> dict[str, CameraConfig]:
        """Return the cameras that get entities."""
        if TYPE_CHECKING:
            assert self._config is not None
        chosen = self.config_entry.options.get(CONF_CAMERAS)
        return {
            name: camera
            for name, camera in self._config.cameras.items()
            if self._profile.may_see(name) and (not chosen or name in chosen)
        }

    def _needs_config(self, stats: Stats | FrigateError) -> bool:
        """Return whether Frigate restarted, or cameras were added or removed."""
        if isinstance(stats, FrigateError) or (before := self._last_stats) is None:
            return False
        restarted = (
            stats.uptime is not None
            and before.uptime is not None
            and stats.uptime < before.uptime
        )
        return restarted or stats.cameras.keys() != before.cameras.keys()

    def _answer_or_kept[T](
        self,
        subject: str,
        answer: T | FrigateError,
        kept: T | None,
        tolerance: MissTolerance,
        *,
        fresh: bool,
    ) -> T | None:
        """Return a response, or what is kept for an error; the loss is logged once."""
        if not isinstance(answer, FrigateError):
            if answer is not None:
                tolerance.reset()
                self._log_recovered(subject)
            return answer
        if self._may_miss(answer, tolerance, fresh=fresh) and kept is not None:
            LOGGER.debug("%s missed the %s: %s", self.name, subject, answer.message)
            return kept
        self._log_once(subject, f"cannot read the {subject}: {answer.message}")
        return None

    def _log_unusable_names(self, subject: str, paths: tuple[str, ...]) -> None:
        subject = f"names in the {subject}"
        if paths:
            what = (
                "sends names that are empty or longer than "
                f"{MAX_NAME_LENGTH} characters, or too many names"
            )
            self._log_once(subject, f"{what}; they are left out of {', '.join(paths)}")
        else:
            self._log_recovered(subject)

    def _log_once(self, subject: str, what: str) -> None:
        """Log a warning once, not with every poll, until it has recovered."""
        if subject not in self._warned:
            self._warned.add(subject)
            LOGGER.warning("%s %s", self.name, what)

    def _log_recovered(self, subject: str) -> None:
        if subject in self._warned:
            self._warned.remove(subject)
            LOGGER.info("%s can read the %s again", self.name, subject)


def _account_of(profile: Profile) -> tuple[str | None, str | None]:
    return profile.username, profile.role


def _with_pause(err: FrigateRateLimitError, pause: float) -> FrigateRateLimitError:
    # A second more, because Home Assistant may poll up to a second early.
    return FrigateRateLimitError(err.message, err.status, pause + 1)
