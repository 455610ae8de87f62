"""The config flow of the stand-in."""

from typing import Any, override

from yarl import URL

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_URL

from .const import DOMAIN


class OfficialFlow(ConfigFlow, domain=DOMAIN):
    """A flow that believes what it is told."""

    VERSION = 2

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Name the entry after the server, as the official one does."""
        if user_input is None:
            return self.async_show_form(step_id="user")
        title = URL(user_input[CONF_URL]).authority
        return self.async_create_entry(title=title, data=user_input)
