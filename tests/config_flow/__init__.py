"""Tests of the config flow, driven step by step as the frontend does it."""

from collections.abc import Mapping
import json
from pathlib import Path
import re
from typing import Any, Self, cast, override

from custom_components.frigate_http.const import DOMAIN
from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.data_entry_flow import FlowManagerIndexView
from tests.fake_frigate import FakeFrigate

ADMIN = {"username": "admin", "password": "frigate-admin-pass-1"}
VIEWER = {"username": "viewer1", "password": "viewer-password-1"}
WRONG = {"username": "admin", "password": "not-the-password"}
BASIC = ("gatekeeper", "basic-proxy-pass")
BASIC_FIELDS = {"proxy_username": BASIC[0], "proxy_password": BASIC[1]}
HEADERS = {"X-Api-Key": "header-secret-1", "CF-Access-Client-Id": "header-secret-2"}
HEADER_FIELDS = {"headers": [f"{name}: {value}" for name, value in HEADERS.items()]}
SECRETS = (
    *(person["password"] for person in (ADMIN, VIEWER, WRONG)),
    BASIC[1],
    *HEADERS.values(),
    # How every token and every Basic authentication begins.
    "eyJ",
    "Basic ",
)

EN = json.loads(
    Path(__file__)
    .parents[2]
    .joinpath("custom_components/frigate_http/translations/en.json")
    .read_text("utf-8")
)
_PLACEHOLDER = re.compile(r"{(\w+)}")


def proxied(**fields: Any) -> dict[str, Any]:
    """Return fields as they stand in the section for a proxy."""
    return {"proxy_credentials": fields}


class Flow:
    """A flow under way; checks of each step that it can be shown to a person."""

    section = "config"

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare."""
        self.hass = hass
        self.result: Mapping[str, Any] = {}

    @classmethod
    async def start(cls, hass: HomeAssistant) -> Self:
        """Begin to add a server."""
        flow = cls(hass)
        flow._take(
            await hass.config_entries.flow.async_init(
                DOMAIN, context={"source": SOURCE_USER}
            )
        )
        return flow

    @classmethod
    async def at(
        cls, hass: HomeAssistant, url: str, *, verify_ssl: bool = False
    ) -> Self:
        """Begin, and enter an address."""
        flow = await cls.start(hass)
        await flow.submit(url=url, verify_ssl=verify_ssl)
        return flow

    @classmethod
    async def reauth(cls, hass: HomeAssistant, entry: ConfigEntry) -> Self:
        """Continue the flow that began when the server refused the login."""
        (progress,) = hass.config_entries.flow.async_progress_by_handler(
            DOMAIN, match_context={"source": "reauth", "entry_id": entry.entry_id}
        )
        flow = cls(hass)
        flow._take(await hass.config_entries.flow.async_configure(progress["flow_id"]))
        return flow

    @classmethod
    async def reconfigure(cls, hass: HomeAssistant, entry: ConfigEntry) -> Self:
        """Begin to change an entry."""
        flow = cls(hass)
        context = {"source": "reconfigure", "entry_id": entry.entry_id}
        flow._take(
            await hass.config_entries.flow.async_init(DOMAIN, context=context)  # type: ignore[arg-type]
        )
        return flow

    async def submit(self, **fields: Any) -> None:
        """Send the form in and wait for what follows from it."""
        flow_id = self.result["flow_id"]
        self._take(await self._configure(flow_id, fields))
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def choose(self, step: str) -> None:
        """Choose from the menu."""
        assert self.result["type"] is FlowResultType.MENU
        assert step in self.result["menu_options"]
        await self.submit(next_step_id=step)

    async def _configure(
        self, flow_id: str, fields: dict[str, Any]
    ) -> Mapping[str, Any]:
        return await self.hass.config_entries.flow.async_configure(flow_id, fields)

    @property
    def step(self) -> str:
        """Return the step that is shown."""
        assert self.result["type"] in (FlowResultType.FORM, FlowResultType.MENU)
        return str(self.result["step_id"])

    @property
    def errors(self) -> dict[str, str]:
        """Return the errors that the form shows."""
        assert self.result["type"] is FlowResultType.FORM
        return dict(self.result["errors"] or {})

    @property
    def error(self) -> str:
        """Return the text of the form's only error, as a person reads it."""
        ((_field, key),) = self.errors.items()
        text: str = EN[self.section]["error"][key]
        return text.format_map(self.placeholders)

    @property
    def placeholders(self) -> Mapping[str, str]:
        """Return what the texts may mention."""
        return self.result.get("description_placeholders") or {}

    @property
    def suggested(self) -> dict[str, Any]:
        """Return the values the form is filled in with."""
        return {
            str(marker): marker.description["suggested_value"]
            for marker in self.result["data_schema"].schema
            if marker.description
        }

    @property
    def entry(self) -> ConfigEntry:
        """Return the entry that the flow has made."""
        assert self.result["type"] is FlowResultType.CREATE_ENTRY, self.result
        entry: ConfigEntry = self.result["result"]
        return entry

    @property
    def reason(self) -> str:
        """Return why the flow has ended without a new entry."""
        assert self.result["type"] is FlowResultType.ABORT, self.result
        return str(self.result["reason"])

    def _take(self, result: Mapping[str, Any]) -> None:
        self.result = result
        for value in self.placeholders.values():
            assert not any(secret in value for secret in SECRETS)
        match result["type"]:
            case FlowResultType.FORM:
                self._check_form(EN[self.section]["step"][result["step_id"]])
            case FlowResultType.MENU:
                texts = EN[self.section]["step"][result["step_id"]]
                self._check_text(texts["description"])
                for option in result["menu_options"]:
                    self._check_text(texts["menu_options"][option])
            case FlowResultType.ABORT:
                assert result["reason"] in EN[self.section]["abort"]

    def _check_form(self, texts: Mapping[str, Any]) -> None:
        # As the frontend gets it.
        view = FlowManagerIndexView(self.hass.config_entries.flow)
        shown: Any = view._prepare_result_json(cast(Any, self.result))
        fields = shown["data_schema"]
        json.dumps(fields)
        for field in fields:
            if field.get("type") == "expandable":
                names = {each["name"] for each in field["schema"]}
                assert names <= texts["sections"][field["name"]]["data"].keys()
            else:
                assert field["name"] in texts["data"]
        self._check_text(texts["title"])
        self._check_text(texts.get("description", ""))
        for key in self.errors.values():
            self._check_text(EN[self.section]["error"][key])

    def _check_text(self, text: str) -> None:
        for name in _PLACEHOLDER.findall(text):
            assert self.placeholders[name], f"nothing to put into {text!r}"


class OptionsFlow(Flow):
    """The options of an entry."""

    section = "options"

    @classmethod
    async def of(cls, hass: HomeAssistant, entry: ConfigEntry) -> Self:
        """Open the options of an entry."""
        flow = cls(hass)
        flow._take(await hass.config_entries.options.async_init(entry.entry_id))
        return flow

    @property
    def sections(self) -> dict[str, dict[Any, Any]]:
        """Return the fields of each section, by its name."""
        schema = self.result["data_schema"].schema
        return {str(name): dict(part.schema.schema) for name, part in schema.items()}

    @property
    @override
    def suggested(self) -> dict[str, Any]:
        """Return the values the form is filled in with."""
        return {
            str(marker): marker.description["suggested_value"]
            for fields in self.sections.values()
            for marker in fields
            if marker.description
        }

    @override
    async def _configure(
        self, flow_id: str, fields: dict[str, Any]
    ) -> Mapping[str, Any]:
        form = {
            name: {str(key): fields[key] for key in known if key in fields}
            for name, known in self.sections.items()
        }
        assert {key for part in form.values() for key in part} == fields.keys()
        return await self.hass.config_entries.options.async_configure(flow_id, form)


def assert_works(
    hass: HomeAssistant, entry: ConfigEntry, frigate: FakeFrigate | None = None
) -> None:
    """Check that an entry is loaded and that its cameras are there."""
    assert entry.state is ConfigEntryState.LOADED, entry.reason
    cameras = frigate.state.cameras if frigate else ("front_door", "Portones")
    assert entry.runtime_data.server.data.cameras.keys() == {*cameras}
    state = hass.states.get("camera.front_door")
    assert state is not None
    assert state.state != "unavailable"
