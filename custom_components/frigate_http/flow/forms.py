"""The forms of the config flow, and how their input is stored in a config entry."""

from collections.abc import Callable, Mapping
from typing import Any

import voluptuous as vol

from homeassistant.const import (
    CONF_PASSWORD,
    CONF_TOKEN,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
    UnitOfTime,
)
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.typing import VolDictType

from ..const import (
    CONF_BROWSER_URL,
    CONF_CAMERAS,
    CONF_HEADERS,
    CONF_KEEP_DAYS,
    CONF_LIVE_VIEW,
    CONF_MJPEG_FPS,
    CONF_MJPEG_HEIGHT,
    CONF_OVERLAYS,
    CONF_PROXY_PASSWORD,
    CONF_PROXY_USERNAME,
    CONF_RECOGNITION_SECONDS,
    DEFAULT_KEEP_DAYS,
    DEFAULT_MJPEG_FPS,
    DEFAULT_MJPEG_HEIGHT,
    DEFAULT_RECOGNITION_SECONDS,
    LIVE_VIEW_AUTOMATIC,
    LIVE_VIEWS,
    OVERLAYS,
)
from .validation import (
    FormError,
    parse_basic_user,
    parse_headers,
    parse_token,
    parse_url,
    url_to_text,
)

CONF_CREDENTIALS = "credentials"
CONF_OFFICIAL_ACCOUNT = "official_account"
KEEP, REPLACE, REMOVE = "keep", "replace", "remove"
PROXY_SECTION = "proxy_credentials"
LIVE_VIEW_SECTION, CAMERAS_SECTION, FILES_SECTION = "live_view", "cameras", "files"

_PARSERS: dict[str, Callable[[Any], Any]] = {
    CONF_USERNAME: str.strip,
    CONF_PASSWORD: str,
    CONF_TOKEN: parse_token,
    CONF_PROXY_USERNAME: parse_basic_user,
    CONF_PROXY_PASSWORD: str,
    CONF_HEADERS: parse_headers,
}
ACCOUNT_KEYS = frozenset({CONF_USERNAME, CONF_PASSWORD, CONF_TOKEN})
BASIC_KEYS = frozenset({CONF_PROXY_USERNAME, CONF_PROXY_PASSWORD})

_URL = TextSelector(TextSelectorConfig(type=TextSelectorType.URL, autocomplete="url"))
_USERNAME = TextSelector(TextSelectorConfig(autocomplete="username"))
_PASSWORD = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
)
_SECRET = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
_MULTILINE = TextSelector(TextSelectorConfig(multiple=True))

USER_FORM = vol.Schema(
    {
        vol.Required(CONF_URL): _URL,
        vol.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
    }
)
RECONFIGURE_FORM = USER_FORM.extend(
    {
        vol.Required(CONF_CREDENTIALS, default=KEEP): SelectSelector(
            SelectSelectorConfig(
                options=[KEEP, REPLACE, REMOVE], translation_key=CONF_CREDENTIALS
            )
        )
    }
)
CONFIRM_FORM = vol.Schema({})
PROXY_FORM = vol.Schema(
    {
        vol.Optional(CONF_PROXY_USERNAME): TextSelector(),
        vol.Optional(CONF_PROXY_PASSWORD): _SECRET,
        vol.Optional(CONF_HEADERS, default=list): _MULTILINE,
    }
)
LOGIN_FORM = vol.Schema(
    {
        vol.Required(CONF_USERNAME): _USERNAME,
        vol.Required(CONF_PASSWORD): _PASSWORD,
        vol.Required(PROXY_SECTION): section(PROXY_FORM, {"collapsed": True}),
    }
)
TOKEN_FORM = vol.Schema(
    {
        vol.Required(CONF_TOKEN): _SECRET,
        vol.Required(PROXY_SECTION): section(
            vol.Schema({vol.Optional(CONF_HEADERS, default=list): _MULTILINE}),
            {"collapsed": True},
        ),
    }
)


def user_form(servers: Mapping[str, str], *, has_account: bool) -> vol.Schema:
    """Return the form of a new server, which suggests those that were found.

    Args:
        servers: their labels by URL; any other URL can be entered too.
        has_account: whether the official integration logs in to one of them.
    """
    if not servers:
        return USER_FORM
    options = [SelectOptionDict(value=url, label=one) for url, one in servers.items()]
    config = SelectSelectorConfig(
        options=options, custom_value=True, mode=SelectSelectorMode.DROPDOWN
    )
    fields = {**USER_FORM.schema, CONF_URL: SelectSelector(config)}
    if has_account:
        fields[vol.Required(CONF_OFFICIAL_ACCOUNT, default=False)] = BooleanSelector()
    return vol.Schema(fields)


def credentials_from_form(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return the credentials entered in a form, as a config entry stores them.

    Raises:
        FormError: the form is empty, or a value cannot be sent.
    """
    entered = {**form, **form.get(PROXY_SECTION, {})}
    parsed = {
        key: parse(entered[key]) for key, parse in _PARSERS.items() if entered.get(key)
    }
    # A parser may leave nothing of a value, such as one of spaces only.
    if not (found := {key: value for key, value in parsed.items() if value}):
        raise FormError("no_credentials")
    return found


def options_form(cameras: Mapping[str, str]) -> vol.Schema:
    """Return the form of the options, in sections.

    Args:
        cameras: Frigate's names of the cameras to choose from, and what people call them.
    """
    return vol.Schema(
        {
            vol.Required(name): section(vol.Schema(fields))
            for name, fields in (
                (LIVE_VIEW_SECTION, _live_view_fields()),
                (CAMERAS_SECTION, _camera_fields(cameras)),
                (FILES_SECTION, _file_fields()),
            )
        }
    )


def options_in_sections(options: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the stored options, which are flat, by section of the form."""
    return {
        str(name): {
            str(field): options[field]
            for field in part.schema.schema
            if field in options
        }
        for name, part in options_form({}).schema.items()
    }


def options_from_form(form: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the input of the options form as it is stored, without sections.

    Raises:
        FormError: the URL for browsers is not valid.
    """
    options = {field: value for part in form.values() for field, value in part.items()}
    if url := options.pop(CONF_BROWSER_URL, "").strip():
        options[CONF_BROWSER_URL] = url_to_text(parse_url(url, "base"))
    return options


def _live_view_fields() -> VolDictType:
    return {
        vol.Required(CONF_LIVE_VIEW, default=LIVE_VIEW_AUTOMATIC): SelectSelector(
            SelectSelectorConfig(
                options=list(LIVE_VIEWS), translation_key=CONF_LIVE_VIEW
            )
        ),
        vol.Required(CONF_MJPEG_FPS, default=DEFAULT_MJPEG_FPS): _number(
            1, 30, unit="fps"
        ),
        vol.Required(CONF_MJPEG_HEIGHT, default=DEFAULT_MJPEG_HEIGHT): _number(
            120, 2160, unit="px"
        ),
        vol.Optional(CONF_OVERLAYS, default=list): SelectSelector(
            SelectSelectorConfig(
                options=list(OVERLAYS), multiple=True, translation_key=CONF_OVERLAYS
            )
        ),
    }


def _camera_fields(cameras: Mapping[str, str]) -> VolDictType:
    by_label = sorted(cameras.items(), key=lambda item: item[1].casefold())
    return {
        vol.Optional(CONF_CAMERAS, default=list): SelectSelector(
            SelectSelectorConfig(
                options=[
                    SelectOptionDict(value=camera, label=label)
                    for camera, label in by_label
                ],
                multiple=True,
            )
        ),
        vol.Required(
            CONF_RECOGNITION_SECONDS, default=DEFAULT_RECOGNITION_SECONDS
        ): _number(0, 86400, unit=UnitOfTime.SECONDS),
    }


def _file_fields() -> VolDictType:
    return {
        vol.Required(CONF_KEEP_DAYS, default=DEFAULT_KEEP_DAYS): _number(
            0, 3650, unit=UnitOfTime.DAYS
        ),
        vol.Optional(CONF_BROWSER_URL): _URL,
    }


def _number(lowest: int, highest: int, unit: str | None = None) -> vol.All:
    config = NumberSelectorConfig(
        min=lowest, max=highest, step=1, mode=NumberSelectorMode.BOX
    )
    if unit is not None:
        config["unit_of_measurement"] = unit
    return vol.All(NumberSelector(config), vol.Coerce(int))
