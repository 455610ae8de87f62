"""Reads `configuration.yaml` with all that it includes, without the secrets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, override

from homeassistant.config import YAML_CONFIG_FILE, load_yaml_config_file
from homeassistant.const import CONF_PACKAGES
from homeassistant.core import DOMAIN as CORE, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.yaml import Secrets

from ..const import LOGGER

NAME = YAML_CONFIG_FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What is written for an integration, such as `template`."""

    path: str
    """The keys that lead to it, such as `packages.garden.template`."""
    domain: str
    config: Any


class _NoSecrets(Secrets):
    """Stands for the secrets, whose file is not read."""

    @override
    def get(self, requester_path: str, secret: str) -> str:
        """Return nothing for any secret."""
        return ""


async def async_read_sections(hass: HomeAssistant) -> list[Section] | None:
    """Return all sections, also those of packages; None if they cannot be read."""
    path = hass.config.path(NAME)
    try:
        config = await hass.async_add_executor_job(
            load_yaml_config_file, path, _NoSecrets(Path(hass.config.config_dir))
        )
    except FileNotFoundError:
        return []
    # Files that include each other never end.
    except (HomeAssistantError, OSError, RecursionError, ValueError) as err:
        LOGGER.debug("%s cannot be read: %r", NAME, err)
        return None
    return list(_sections(config))


def _sections(config: Mapping[Any, Any]) -> Iterator[Section]:
    core = config.get(CORE)
    packages = core.get(CONF_PACKAGES) if isinstance(core, Mapping) else None
    if isinstance(core, Mapping):
        rest = {key: one for key, one in core.items() if key != CONF_PACKAGES}
        config = {**config, CORE: rest}
    yield from _sections_of("", config)
    for name, package in packages.items() if isinstance(packages, Mapping) else ():
        if isinstance(package, Mapping):
            yield from _sections_of(f"{CONF_PACKAGES}.{name}.", package)


def _sections_of(path: str, config: Mapping[Any, Any]) -> Iterator[Section]:
    for key, section in config.items():
        # A second section of a domain has a name, as in `automation manual`.
        domain = str(key).partition(" ")[0]
        yield Section(path=f"{path}{key}", domain=domain, config=section)
