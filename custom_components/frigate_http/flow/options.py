"""The options flow."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload

from ..const import CONF_CAMERAS
from ..inventory import camera_labels
from ..runtime import FrigateConfigEntry
from .forms import options_form, options_from_form, options_in_sections
from .validation import FormError


class FrigateOptionsFlow(OptionsFlowWithReload):
    """Options for the live view, the cameras, and files and links."""

    config_entry: FrigateConfigEntry

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show and save the options."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                return self.async_create_entry(data=options_from_form(user_input))
            except FormError as err:
                errors = err.errors
        else:
            user_input = options_in_sections(self.config_entry.options)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                options_form(self._cameras()), user_input
            ),
            errors=errors,
        )

    def _cameras(self) -> dict[str, str]:
        """Return every known camera with its label, also while the server is down."""
        runtime = getattr(self.config_entry, "runtime_data", None)
        configured = {} if runtime is None else runtime.server.data.config.cameras
        cameras = {
            *self.config_entry.options.get(CONF_CAMERAS, ()),
            *configured,
        }
        return camera_labels(self.hass, self.config_entry, cameras)
