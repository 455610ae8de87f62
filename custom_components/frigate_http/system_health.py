"""System health: one line for each server."""

from collections.abc import Iterator
from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant, callback

from .aiofrigate import ServerClock
from .const import DOMAIN
from .runtime import FrigateConfigEntry


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register the system health information."""
    register.async_register_info(async_system_health_info, "/config/integrations")


async def async_system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return the number of servers, and the state of each of them.

    This sends no requests: the coordinators have the results of the last polls.
    """
    entries: list[FrigateConfigEntry] = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    )
    titles = [entry.title for entry in entries]
    info: dict[str, Any] = {"servers": len(entries)}
    for entry in entries:
        is_alone = titles.count(entry.title) == 1
        name = entry.title if is_alone else f"{entry.title} ({entry.data[CONF_URL]})"
        info[name] = _health(entry)
    return info


def _health(entry: FrigateConfigEntry) -> str | dict[str, str]:
    """Return a line for a working server, else what Home Assistant shows as failed."""
    if entry.state is not ConfigEntryState.LOADED:
        return {"type": "failed", "error": entry.state.value}
    server = entry.runtime_data.server
    if not server.last_update_success:
        return {"type": "failed", "error": "unreachable"}
    profile = server.profile
    return ", ".join(
        (
            "reachable",
            f"version {server.version or 'unknown'}",
            f"role {entry.runtime_data.client.mask(profile.role or 'unknown')}",
            *(["no login"] if profile.is_anonymous else []),
            "pushed" if entry.runtime_data.live.is_pushing else "polled",
            *_clock(entry.runtime_data.client.clock),
        )
    )


def _clock(clock: ServerClock) -> Iterator[str]:
    """Yield by how much the server's clock differs, if it does."""
    if offset := round(clock.offset):
        yield f"clock {abs(offset)} s {'ahead' if offset > 0 else 'behind'}"
