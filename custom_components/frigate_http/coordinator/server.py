"""What is polled from a Frigate server, and when."""

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
    CameraConfig,
    Config,
    FaceLibrary,
    FrigateClient,
    FrigateError,
    FrigateForbiddenError,
    FrigateNotFoundError,
    FrigateRateLimitError,
    Profile,
    Stats,
    Version,
)
from ..const import CONF_BROWSER_URL, CONF_CAMERAS, LOGGER, POLL_INTERVAL
from ..errors import coordinator_errors, needs_login
from ..issues import async_update_issues
from .base import BaseCoordinator
from .missing import MissingTracker

CONFIG_INTERVAL = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class FrigateData:
    """All that is known of a server at one moment."""

    config: Config
    profile: Profile
    stats: Stats | None
    """None while the stats alone fail."""
    faces: FaceLibrary | None
    """None while the faces alone fail, or may not be read by this account."""
    cameras: Mapping[str, CameraConfig]
    """Those that exist, may be seen by this account, and are wanted by the options."""
    config_read_at: float
    """By the monotonic clock. Each read is news: it ends what was pushed before it."""


class ServerCoordinator(BaseCoordinator[FrigateData]):
    """Polls stats and faces together; reads the configuration when that is due.

    Stats and faces fail apart from each other: while one of them works, the entities
    that live on it do too.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        known_cameras: Iterable[str],
        known_people: Iterable[str],
    ) -> None:
        """Prepare; the names are those that Home Assistant has from earlier runs."""
        super().__init__(hass, entry, client, entry.title, POLL_INTERVAL)
        self.missing_cameras = MissingTracker(known_cameras)
        self.missing_people = MissingTracker(known_people)
        self._config: Config | None = None
        self._profile = Profile(None, None, None)
        self._config_due_at = 0.0
        self.config_read_at = 0.0
        """By the monotonic clock: what was changed later is not in the configuration."""
        self._last_stats: Stats | None = None
        self._faces_refused = False
        self._pauses: dict[str, tuple[float, FrigateRateLimitError]] = {}
        self._warned: set[str] = set()

    @property
    def browser_url(self) -> str:
        """Return the address at which people's browsers find Frigate."""
        url: str = (
            self.config_entry.options.get(CONF_BROWSER_URL)
            or self.config_entry.data[CONF_URL]
        )
        return url.rstrip("/")

    @property
    def version(self) -> Version | None:
        """Return the version that was told last, also while the stats fail."""
        return self.client.capabilities.version

    @property
    def profile(self) -> Profile:
        """Return who the server took us for when it told last."""
        return self._profile

    async def async_refresh_config(self) -> None:
        """Read the configuration now, and show what it says."""
        self._config_due_at = 0.0
        await self.async_refresh_past_cache()

    @callback
    @override
    def _async_refresh_finished(self) -> None:
        # Listeners are not told of a second failure, which may be another one.
        async_update_issues(self)

    @override
    async def _async_poll(self, *, fresh: bool) -> FrigateData:
        """Poll, and read the configuration after that if it is due."""
        system = self.client.system
        with coordinator_errors():
            stats, faces = await asyncio.gather(
                self._outcome("stats", partial(system.stats, fresh=fresh)),
                self._read_faces(fresh=fresh),
            )
            if isinstance(stats, FrigateError) and (
                needs_login(stats) or not isinstance(faces, FaceLibrary)
            ):
                raise stats
            good_stats = self._unless_error("stats", stats)
            good_faces = self._unless_refused(faces)
            if time.monotonic() >= self._config_due_at or self._is_news(good_stats):
                await self._read_config()
        if good_stats is not None:
            self._last_stats = good_stats
        if good_faces is not None:
            self.missing_people.update(good_faces.people)
        if TYPE_CHECKING:
            assert self._config is not None
        return FrigateData(
            self._config,
            self._profile,
            good_stats,
            good_faces,
            self._cameras(),
            self.config_read_at,
        )

    async def _ask[T](self, subject: str, call: Callable[[], Awaitable[T]]) -> T:
        """Return an answer; send nothing in a pause that the server asked for.

        Raises:
            FrigateError: there is none, or none before the pause has ended.
        """
        until, error = self._pauses.get(subject, (0.0, None))
        if error is not None and (left := until - time.monotonic()) > 0:
            raise _with_pause(error, left)
        try:
            return await call()
        except FrigateRateLimitError as err:
            self._pauses[subject] = (time.monotonic() + err.retry_after, err)
            raise _with_pause(err, err.retry_after) from err

    async def _outcome[T](
        self, subject: str, call: Callable[[], Awaitable[T]]
    ) -> T | FrigateError:
        """Return an answer, or the error as a value."""
        try:
            return await self._ask(subject, call)
        except FrigateError as err:
            return err

    async def _read_faces(self, *, fresh: bool) -> FaceLibrary | FrigateError | None:
        """Return the faces or an error; None where they were refused before."""
        if self._faces_refused:
            return None
        return await self._outcome(
            "faces", partial(self.client.faces.library, fresh=fresh)
        )

    def _unless_refused(
        self, faces: FaceLibrary | FrigateError | None
    ) -> FaceLibrary | None:
        """Return the faces, or None where this account or server has none."""
        if isinstance(faces, (FrigateForbiddenError, FrigateNotFoundError)):
            # Asked again with the next configuration: the role may have changed.
            self._faces_refused = True
            self._log_once("faces", f"does not let us read the faces: {faces.message}")
            return None
        return self._unless_error("faces", faces)

    async def _read_config(self) -> None:
        """Read who we are and what there is; keep what is known where that fails."""
        system = self.client.system
        began_at = time.monotonic()
        # Set before the answer comes, so that who asks for a read meanwhile gets one.
        self._config_due_at = began_at + CONFIG_INTERVAL.total_seconds()
        try:
            config = await self._ask("config", partial(system.config, fresh=True))
            # Only then, so that it tells of every camera that the configuration has.
            profile = await self._ask("profile", self._read_profile)
        except FrigateError as err:
            # With the next poll.
            self._config_due_at = 0.0
            if self._config is None or needs_login(err):
                raise
            self._log_once("config", f"cannot read the configuration: {err.message}")
            return
        self._log_recovered("config")
        is_same_account = self._config is None or (
            _account(profile) == _account(self._profile)
        )
        if is_same_account and not config.safe_mode:
            self.missing_cameras.update(config.cameras)
        else:
            # What is missing now says nothing about the cameras.
            self.missing_cameras.reset()
        self._config, self._profile = config, profile
        self.config_read_at = began_at
        self._faces_refused = False

    async def _read_profile(self) -> Profile:
        try:
            return await self.client.system.profile(fresh=True)
        except FrigateNotFoundError:
            return Profile(None, None, None)

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

    def _is_news(self, stats: Stats | None) -> bool:
        """Return whether Frigate restarted, or its cameras are not what they were.

        A camera without pictures may just have been switched off in Frigate, which only
        the configuration tells.
        """
        if stats is None or (before := self._last_stats) is None:
            return False
        restarted = (
            stats.uptime is not None
            and before.uptime is not None
            and stats.uptime < before.uptime
        )
        return (
            restarted
            or stats.cameras.keys() != before.cameras.keys()
            or _streaming(stats) != _streaming(before)
        )

    def _unless_error[T](self, subject: str, answer: T | FrigateError) -> T | None:
        """Return an answer, or None for an error, which is logged once."""
        if isinstance(answer, FrigateError):
            self._log_once(subject, f"cannot read the {subject}: {answer.message}")
            return None
        if answer is not None:
            self._log_recovered(subject)
        return answer

    def _log_once(self, subject: str, what: str) -> None:
        """Log a trouble once, not with every poll."""
        if subject not in self._warned:
            self._warned.add(subject)
            LOGGER.warning("%s %s", self.name, what)

    def _log_recovered(self, subject: str) -> None:
        if subject in self._warned:
            self._warned.remove(subject)
            LOGGER.info("%s can read the %s again", self.name, subject)


def _streaming(stats: Stats) -> set[str]:
    return {name for name, camera in stats.cameras.items() if camera.camera_fps}


def _account(profile: Profile) -> tuple[str | None, str | None]:
    return profile.username, profile.role


def _with_pause(err: FrigateRateLimitError, pause: float) -> FrigateRateLimitError:
    # A second more, as the next poll may come up to a second before its time.
    return FrigateRateLimitError(err.message, err.status, pause + 1)
