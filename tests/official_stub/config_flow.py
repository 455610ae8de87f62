"""Home Assistant wants a config flow of whoever has config entries."""

from homeassistant.config_entries import ConfigFlow

from .const import DOMAIN


class OfficialFlow(ConfigFlow, domain=DOMAIN):
    """A flow that nobody starts."""

    VERSION = 2
