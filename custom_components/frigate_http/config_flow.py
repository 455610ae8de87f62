"""Config flow: add a server, log in again, change the address, choose options."""

from collections.abc import Mapping
from typing import Any, override
from urllib.parse import urlsplit

import voluptuous as vol

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigFlow,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
from homeassistant.const import CONF_TOKEN, CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.core import callback

from .aiofrigate import (
    FrigateArgumentError,
    FrigateError,
    FrigateResponseError,
    normalise_url,
)
from .const import CONF_BROWSER_URL, CONF_CAMERAS, DOMAIN, LOGGER
from .coordinator import FrigateConfigEntry
from .forms import (
    CONF_CREDENTIALS,
    CREDENTIAL_KEYS,
    KEEP,
    LOGIN_FORM,
    PROXY_FORM,
    RECONFIGURE_FORM,
    REPLACE,
    TOKEN_FORM,
    USER_FORM,
    credentials_of,
    options_form,
)
from .inventory import known_cameras
from .validation import async_validate, form_error, wants_credentials

TITLE = "Frigate"
WAYS_TO_AUTHENTICATE = ["login", "token", "proxy"]


class FrigateConfigFlow(ConfigFlow, domain=DOMAIN):
    """Adds a server, and changes how it is reached.

    The address is asked first. Credentials are asked only if the server wants some;
    the steps for them serve adding, logging in again and reconfiguring alike.
    """

    VERSION = 1

    def __init__(self) -> None:
        """Begin with nothing."""
        self._data: dict[str, Any] = {}
        self._message = ""
        self._seen = ""

    @staticmethod
    @callback
    @override
    def async_get_options_flow(
        config_entry: FrigateConfigEntry,
    ) -> FrigateOptionsFlow:
        """Return the flow for the options."""
        return FrigateOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the address, and see what answers there."""
        if user_input is None:
            return self._show("user", USER_FORM, {}, {})
        return await self._async_connect("user", USER_FORM, user_input, user_input)

    async def async_step_authenticate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what was seen, and offer the ways to authenticate."""
        return self.async_show_menu(
            step_id="authenticate",
            menu_options=WAYS_TO_AUTHENTICATE,
            description_placeholders=self._placeholders,
        )

    async def async_step_login(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a Frigate account."""
        return await self._async_step_credentials("login", LOGIN_FORM, user_input)

    async def async_step_token(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a bearer token."""
        return await self._async_step_credentials("token", TOKEN_FORM, user_input)

    async def async_step_proxy(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for what a reverse proxy wants."""
        return await self._async_step_credentials("proxy", PROXY_FORM, user_input)

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Log in again, in the way it was done before."""
        self._data = dict(entry_data)
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go to the form that fits the credentials there are."""
        if CONF_TOKEN in self._data:
            return await self.async_step_token()
        if CONF_USERNAME in self._data:
            return await self.async_step_login()
        try:
            await async_validate(self.hass, self._data)
        except FrigateError as err:
            self._note(err)
        return await self.async_step_authenticate()

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the address; keep, replace or remove the credentials."""
        entry = self._get_reconfigure_entry()
        credentials = {
            key: entry.data[key] for key in CREDENTIAL_KEYS if key in entry.data
        }
        form = RECONFIGURE_FORM if credentials else USER_FORM
        if user_input is None:
            return self._show("reconfigure", form, entry.data, {})
        data = dict(user_input)
        choice = data.pop(CONF_CREDENTIALS, None)
        if choice == KEEP:
            data |= credentials
        elif choice == REPLACE:
            self._data = data
            return await self.async_step_replace_credentials()
        return await self._async_connect("reconfigure", form, user_input, data)

    async def async_step_replace_credentials(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer the ways to authenticate without a look at the server first."""
        return self.async_show_menu(
            step_id="replace_credentials",
            menu_options=WAYS_TO_AUTHENTICATE,
            description_placeholders=self._placeholders,
        )

    async def _async_connect(
        self,
        step_id: str,
        form: vol.Schema,
        user_input: Mapping[str, Any],
        data: dict[str, Any],
    ) -> ConfigFlowResult:
        """Finish if the server answers; else ask for credentials, or show why not."""
        try:
            normalise_url(data[CONF_URL])
        except FrigateArgumentError:
            return self._show(step_id, form, user_input, {CONF_URL: "invalid_url"})
        try:
            url = await async_validate(self.hass, data)
        except FrigateError as err:
            self._note(err)
            if not wants_credentials(err):
                errors = {"base": form_error(err)}
                return self._show(step_id, form, user_input, errors)
            self._data = {key: data[key] for key in (CONF_URL, CONF_VERIFY_SSL)}
            return await self.async_step_authenticate()
        except Exception:
            LOGGER.exception("Unexpected error while connecting")
            return self._show(step_id, form, user_input, {"base": "unknown"})
        return self._finish({**data, CONF_URL: url})

    async def _async_step_credentials(
        self, step_id: str, form: vol.Schema, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Try credentials; finish if they are right, else show why they are not."""
        if user_input is None:
            return self._show(step_id, form, self._data_without_secrets(), {})
        error = "no_credentials"
        try:
            entered = credentials_of(user_input)
            if entered:
                data = {**self._data_to_keep(), **entered}
                url = await async_validate(self.hass, data)
                return self._finish({**data, CONF_URL: url})
        except FrigateArgumentError:
            error = "authorization_twice"
        except FrigateError as err:
            self._note(err)
            error = form_error(err)
        except ValueError:
            error = "invalid_headers"
        except Exception:
            LOGGER.exception("Unexpected error while trying credentials")
            error = "unknown"
        return self._show(step_id, form, user_input, {"base": error})

    def _data_to_keep(self) -> dict[str, Any]:
        """Return what new credentials are added to.

        On logging in again, what a proxy wants stays as it is where the form is silent.
        """
        replaced = {*CREDENTIAL_KEYS[:3]}
        return {key: one for key, one in self._data.items() if key not in replaced}

    def _data_without_secrets(self) -> dict[str, Any]:
        """Return what may be shown in a form again."""
        return {CONF_USERNAME: self._data.get(CONF_USERNAME)}

    def _show(
        self,
        step_id: str,
        form: vol.Schema,
        values: Mapping[str, Any],
        errors: dict[str, str],
    ) -> ConfigFlowResult:
        """Show a form with the values entered so far."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(form, values),
            errors=errors,
            description_placeholders=self._placeholders,
        )

    @property
    def _placeholders(self) -> dict[str, str]:
        """Return what the texts of forms, menus and errors may mention."""
        return {
            "url": self._data.get(CONF_URL, ""),
            "message": self._message,
            "seen": self._seen,
        }

    def _note(self, err: FrigateError) -> None:
        """Keep an error's words for the next form or menu."""
        self._message = err.message
        self._seen = err.message
        if isinstance(err, FrigateResponseError):
            self._seen = f"HTTP {err.status}, {err.message}"

    def _finish(self, data: dict[str, Any]) -> ConfigFlowResult:
        """Create the entry, or bring it up to date."""
        self._async_abort_entries_match({CONF_URL: data[CONF_URL]})
        if self.source == SOURCE_REAUTH:
            return self.async_update_reload_and_abort(
                self._get_reauth_entry(), data=data
            )
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_reload_and_abort(
                self._get_reconfigure_entry(), data=data
            )
        host = urlsplit(data[CONF_URL]).hostname
        is_first = not self._async_current_entries()
        title = TITLE if is_first else f"{TITLE} ({host})"
        return self.async_create_entry(title=title, data=data)


class FrigateOptionsFlow(OptionsFlowWithReload):
    """How pictures look, which cameras are wanted, and where browsers find Frigate."""

    config_entry: FrigateConfigEntry

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show and save the options."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                if CONF_BROWSER_URL in user_input:
                    url = normalise_url(user_input[CONF_BROWSER_URL])
                    user_input[CONF_BROWSER_URL] = str(url).rstrip("/")
                return self.async_create_entry(data=user_input)
            except FrigateArgumentError:
                errors[CONF_BROWSER_URL] = "invalid_url"
        cameras = {
            *known_cameras(self.hass, self.config_entry),
            *self.config_entry.options.get(CONF_CAMERAS, ()),
        }
        coordinator = getattr(self.config_entry, "runtime_data", None)
        if coordinator is not None:
            cameras |= coordinator.data.config.cameras.keys()
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                options_form(cameras),
                self.config_entry.options if user_input is None else user_input,
            ),
            errors=errors,
        )
