"""Config flow: user, reauth and reconfigure steps."""

from collections.abc import Mapping
from typing import Any, override

import voluptuous as vol
from yarl import URL

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigFlowResult,
)
from homeassistant.const import (
    CONF_PASSWORD,
    CONF_TOKEN,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import callback

from .aiofrigate import FrigateError
from .const import CONF_PROXY_USERNAME, CREDENTIAL_KEYS, DOMAIN, LOGGER
from .errors import error_placeholders
from .flow.discovery import Suggestion, async_find_servers
from .flow.forms import (
    ACCOUNT_KEYS,
    BASIC_KEYS,
    CONF_CREDENTIALS,
    CONF_OFFICIAL_ACCOUNT,
    CONFIRM_FORM,
    KEEP,
    LOGIN_FORM,
    PROXY_FORM,
    RECONFIGURE_FORM,
    REPLACE,
    TOKEN_FORM,
    USER_FORM,
    credentials_from_form,
    user_form,
)
from .flow.options import FrigateOptionsFlow
from .flow.taking_over import TAKE_OVER_KEYS, TakingOverFlow
from .flow.titles import new_title
from .flow.validation import (
    FormError,
    FoundServer,
    async_validate,
    describe_response,
    form_error,
    may_need_credentials,
    parse_url,
    stored_url,
    url_to_text,
)
from .inventory import known_cameras
from .runtime import FrigateConfigEntry
from .taking_over.official import OfficialEntry, find_entry, official_password

AUTHENTICATION_STEPS = ["login", "token", "proxy"]


class FrigateConfigFlow(TakingOverFlow, domain=DOMAIN):
    """Adds a server, and changes its URL and credentials.

    The first form asks for the URL. Further steps ask for credentials only if the server
    requires them; adding, reauthentication and reconfiguration share these steps.
    """

    VERSION = 1

    def __init__(self) -> None:
        """Initialize without any input."""
        super().__init__()
        self._data: dict[str, Any] = {}
        self._errors: dict[str, str] = {}
        self._needs_credentials = False
        self._message = ""
        self._response = ""
        self._found: FoundServer | None = None
        self._suggestions: list[Suggestion] = []
        self._official: OfficialEntry | None = None
        self._use_account = False

    @staticmethod
    @callback
    @override
    def async_get_options_flow(
        config_entry: FrigateConfigEntry,
    ) -> FrigateOptionsFlow:
        """Return the options flow."""
        return FrigateOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the URL, suggest those of servers that are found, and connect."""
        if user_input is None:
            self._suggestions = await async_find_servers(self.hass)
            return self._show_form("user", self._user_form, self._first_suggested, {})
        data = dict(user_input)
        self._use_account = data.pop(CONF_OFFICIAL_ACCOUNT, False)
        self._official = self._official_at(data[CONF_URL])
        if self._use_account and not (self._official and self._official.has_password):
            errors = {"base": "other_server_account"}
            return self._show_form("user", self._user_form, user_input, errors)
        return await self._async_connect("user", self._user_form, user_input, data)

    async def async_step_authenticate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the server's response, and let the user choose how to authenticate."""
        return self.async_show_menu(
            step_id="authenticate",
            menu_options=AUTHENTICATION_STEPS,
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
        """Ask for the credentials of a reverse proxy."""
        return await self._async_step_credentials("proxy", PROXY_FORM, user_input)

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Ask for new credentials of the same kind as before."""
        self._data = dict(entry_data)
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the form for the kind of credentials that the entry has."""
        if CONF_TOKEN in self._data:
            return await self.async_step_token()
        if CONF_USERNAME in self._data:
            return await self.async_step_login()
        if await self._async_test_connection(self._data) is not None:
            self._response = "HTTP 200"
        return await self.async_step_authenticate()

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the connection, unless there is more to choose from."""
        if user_input is None and self._ways_to_change():
            return await self.async_step_change()
        return await self.async_step_connection(user_input)

    async def async_step_connection(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the URL; keep, replace or remove the credentials."""
        entry = self._get_reconfigure_entry()
        credentials = {
            key: entry.data[key] for key in CREDENTIAL_KEYS if key in entry.data
        }
        form = RECONFIGURE_FORM if credentials else USER_FORM
        if user_input is None:
            return self._show_form("reconfigure", form, entry.data, {})
        data = dict(user_input)
        choice = data.pop(CONF_CREDENTIALS, None)
        if choice == KEEP:
            data |= credentials
        return await self._async_connect(
            "reconfigure", form, user_input, data, replace_credentials=choice == REPLACE
        )

    async def async_step_replace_credentials(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Let the user choose how to authenticate where the server requires no login."""
        return self.async_show_menu(
            step_id="replace_credentials",
            menu_options=AUTHENTICATION_STEPS,
            description_placeholders=self._placeholders,
        )

    async def _async_connect(
        self,
        step_id: str,
        form: vol.Schema,
        user_input: Mapping[str, Any],
        data: dict[str, Any],
        *,
        replace_credentials: bool = False,
    ) -> ConfigFlowResult:
        """Finish if the connection works; else ask for credentials, or show the error.

        With `replace_credentials`, ask for them even if the server needs none.
        """
        url = await self._async_test_connection(data)
        if url is None and not self._needs_credentials:
            return self._show_form(step_id, form, user_input, self._errors)
        if url is None:
            url = url_to_text(parse_url(data[CONF_URL]))
            # Abort before the user types a password for nothing.
            self._async_abort_entries_match({CONF_URL: url})
        self._data = {**data, CONF_URL: url}
        if self._needs_credentials and self._official and self._use_account:
            return await self._async_use_account(self._official)
        if self._needs_credentials:
            return await self.async_step_authenticate()
        if replace_credentials:
            return await self.async_step_replace_credentials()
        return await self._async_create_or_update_entry(self._data)

    async def _async_use_account(self, official: OfficialEntry) -> ConfigFlowResult:
        """Log in with the account of the official integration; if that fails, ask for one."""
        account = {
            CONF_USERNAME: official.username,
            CONF_PASSWORD: official_password(self.hass, official.entry_id),
        }
        data = {**self._data, **account}
        if (url := await self._async_test_connection(data)) is None:
            shown = self._data_without_secrets()
            return self._show_form("login", LOGIN_FORM, shown, self._errors)
        return await self._async_create_or_update_entry({**data, CONF_URL: url})

    async def _async_step_credentials(
        self, step_id: str, form: vol.Schema, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Test credentials; finish if they are valid, else show the error."""
        if user_input is None:
            return self._show_form(step_id, form, self._data_without_secrets(), {})
        try:
            data = self._merge_credentials(credentials_from_form(user_input))
        except FormError as err:
            return self._show_form(step_id, form, user_input, err.errors)
        if (url := await self._async_test_connection(data)) is None:
            return self._show_form(step_id, form, user_input, self._errors)
        return await self._async_create_or_update_entry({**data, CONF_URL: url})

    async def _async_test_connection(self, data: Mapping[str, Any]) -> str | None:
        """Return the base URL if the connection works; else keep the errors."""
        self._errors, self._needs_credentials = {}, False
        try:
            found = await async_validate(self.hass, data)
        except FormError as err:
            self._errors = err.errors
        except FrigateError as err:
            self._errors = {"base": form_error(err)}
            self._needs_credentials = may_need_credentials(err)
            self._message = error_placeholders(err)["message"]
            self._response = describe_response(err)
        except Exception as err:
            LOGGER.exception("Unexpected error while connecting")
            self._errors = {"base": "unknown"}
            self._response = type(err).__name__
        else:
            self._found = found
            return found.url
        return None

    def _merge_credentials(self, entered: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data of the entry with new credentials.

        Credentials of a proxy stay if the form has none.
        """
        replaced = ACCOUNT_KEYS
        if CONF_TOKEN in entered:
            # The token and Basic authentication use the same header.
            replaced |= BASIC_KEYS
        kept = {key: one for key, one in self._data.items() if key not in replaced}
        return {**kept, **entered}

    def _data_without_secrets(self) -> dict[str, Any]:
        """Return the values that a form may show again."""
        shown = {CONF_USERNAME, CONF_PROXY_USERNAME}
        known = {key: one for key, one in self._data.items() if key in shown}
        if self._official and self._official.username:
            return {CONF_USERNAME: self._official.username, **known}
        return known

    def _official_at(self, text: str) -> OfficialEntry | None:
        """Return the official entry that leads to a URL, and to no other server.

        What was found may lead elsewhere by now, with the account of that server.
        """
        url = stored_url(text)
        found = (one.official for one in self._suggestions if one.url == url)
        before = next(found, None)
        official = before and find_entry(self.hass, before.entry_id)
        return official if official and stored_url(official.url) == url else None

    @property
    def _user_form(self) -> vol.Schema:
        """Return the form of a new server, with those that were found."""
        return user_form(
            {one.url: one.label for one in self._suggestions},
            has_account=any(one.has_account for one in self._suggestions),
        )

    @property
    def _first_suggested(self) -> dict[str, Any]:
        """Return what the form of a new server is filled in with."""
        for one in self._suggestions:
            return {CONF_URL: one.url, CONF_VERIFY_SSL: one.verify_ssl}
        return {}

    def _show_form(
        self,
        step_id: str,
        form: vol.Schema,
        values: Mapping[str, Any],
        errors: dict[str, str],
    ) -> ConfigFlowResult:
        """Show a form with the input so far."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(form, values),
            errors=errors,
            description_placeholders=self._placeholders,
        )

    @property
    def _placeholders(self) -> dict[str, str]:
        """Return the placeholders for the texts of forms, menus and errors."""
        return {
            "url": self._data.get(CONF_URL, ""),
            "message": self._message,
            "response": self._response,
            "title": self._title,
        }

    @property
    def _title(self) -> str:
        """Return the title of the entry that is changed."""
        is_change = self.source == SOURCE_RECONFIGURE
        return self._get_reconfigure_entry().title if is_change else ""

    async def _async_create_or_update_entry(
        self, data: dict[str, Any]
    ) -> ConfigFlowResult:
        """Create the config entry, or update and reload it."""
        self._async_abort_entries_match({CONF_URL: data[CONF_URL]})
        if self.source == SOURCE_REAUTH:
            return self.async_update_reload_and_abort(
                self._get_reauth_entry(), data=data
            )
        if self.source == SOURCE_RECONFIGURE:
            self._data = data
            if self._is_other_server:
                return self._show_form("different_server", CONFIRM_FORM, {}, {})
            return self._update_reconfigured()
        if self._found is not None and self._found.known is not None:
            self._prepare(data, self._found.official, self._found.known)
            return await self.async_step_official_found()
        return self._create_entry(data)

    @override
    def _create_entry(self, data: dict[str, Any]) -> ConfigFlowResult:
        # Another flow may have added it while this one has shown a preview.
        self._async_abort_entries_match({CONF_URL: data[CONF_URL]})
        return self.async_create_entry(
            title=new_title(self._async_current_entries(), URL(data[CONF_URL])),
            data=data,
        )

    @property
    def _is_other_server(self) -> bool:
        """Return whether the server has none of the cameras that the entry has."""
        known = known_cameras(self.hass, self._get_reconfigure_entry())
        found = frozenset[str]() if self._found is None else self._found.cameras
        return bool(known) and known.isdisjoint(found)

    async def async_step_different_server(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change to a server with other cameras, as the user has agreed."""
        return self._update_reconfigured()

    def _update_reconfigured(self) -> ConfigFlowResult:
        """Store the changed connection and reload the entry."""
        entry = self._get_reconfigure_entry()
        kept = {key: entry.data[key] for key in TAKE_OVER_KEYS if key in entry.data}
        return self.async_update_reload_and_abort(entry, data={**self._data, **kept})
