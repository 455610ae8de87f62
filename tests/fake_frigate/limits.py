"""The limit on logins, as the library counts that Frigate uses."""

from dataclasses import dataclass, field

from .state import ServerState

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


def _parse(setting: int | str) -> list[tuple[int, str]]:
    if isinstance(setting, int):
        return [(setting, "minute")]
    parts = (part.split("/") for part in setting.split(";"))
    return [(int(count), unit.strip()) for count, unit in parts]


@dataclass
class LoginLimiter:
    """Fixed windows that begin with the first login; good logins count too."""

    windows: dict[str, tuple[float, int]] = field(default_factory=dict)

    def exceeded(self, state: ServerState, now: float) -> str | None:
        """Count a login and return the limit it breaks, in the server's words."""
        if state.login_rate_limit is None:
            return None
        for allowed, unit in _parse(state.login_rate_limit):
            end, count = self.windows.get(unit, (0.0, 0))
            if now >= end:
                end, count = now + _SECONDS[unit], 0
            self.windows[unit] = (end, count + 1)
            if count + 1 > allowed:
                return f"{allowed} per 1 {unit}"
        return None
