"""The flows through the REST API, as the frontend and the demo use them."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.fake_frigate import FakeFrigate

from . import ADMIN, SECRETS, WRONG, assert_works, proxied

FLOWS = "/api/config/config_entries/flow"
OPTIONS = "/api/config/config_entries/options/flow"


class Api:
    """The part of the REST API that drives flows."""

    def __init__(self, hass: HomeAssistant, client: Any, flows: str) -> None:
        """Prepare."""
        self._hass = hass
        self._client = client
        self._flows = flows
        self.step: dict[str, Any] = {}

    async def start(self, handler: str, **more: str) -> None:
        """Begin a flow."""
        await self._post(self._flows, {"handler": handler, **more})

    async def submit(self, **fields: Any) -> None:
        """Send a form in, or choose from a menu."""
        await self._post(f"{self._flows}/{self.step['flow_id']}", fields)

    async def _post(self, path: str, body: dict[str, Any]) -> None:
        response = await self._client.post(path, json=body)
        assert response.status == 200, await response.text()
        self.step = await response.json()
        await self._hass.async_block_till_done(wait_background_tasks=True)

    @property
    def fields(self) -> dict[str, Any]:
        """Return the fields of the form by name, including those in sections."""
        found: dict[str, Any] = {}
        for field in self.step["data_schema"]:
            for one in (field, *field.get("schema", ())):
                found[one["name"]] = one
        return found


@pytest.fixture
async def client(
    hass: HomeAssistant, socket_enabled: None, hass_client: ClientSessionGenerator
) -> Any:
    """Return a client that is logged in to Home Assistant."""
    # The test's web server takes no more routes once it runs.
    for component in ("config", "camera", DOMAIN):
        assert await async_setup_component(hass, component, {})
    return await hass_client()


async def test_adding_a_server_with_a_login(
    hass: HomeAssistant, client: Any, frigate: FakeFrigate
) -> None:
    api = Api(hass, client, FLOWS)
    await api.start(DOMAIN)
    assert api.step["step_id"] == "user"
    assert api.fields["url"]["required"]
    assert api.fields["url"]["selector"]["text"]["type"] == "url"
    assert api.fields["verify_ssl"]["default"] is True

    await api.submit(url=frigate.external_url, verify_ssl=True)
    assert api.step["errors"] == {"base": "tls_untrusted"}
    suggested = api.fields["url"]["description"]["suggested_value"]
    assert suggested == frigate.external_url

    await api.submit(url=frigate.external_url, verify_ssl=False)
    assert api.step["type"] == "menu"
    assert api.step["menu_options"] == ["login", "token", "proxy"]

    await api.submit(next_step_id="login")
    section = api.fields["proxy_credentials"]
    assert section["type"] == "expandable"
    assert section["expanded"] is False
    names = [field["name"] for field in section["schema"]]
    assert names == ["proxy_username", "proxy_password", "headers"]
    assert api.fields["password"]["selector"]["text"]["type"] == "password"

    await api.submit(**WRONG, **proxied())
    assert api.step["errors"] == {"base": "invalid_auth"}
    await api.submit(**ADMIN, **proxied())
    assert api.step["type"] == "create_entry"
    assert not any(secret in str(api.step) for secret in SECRETS)

    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert api.step["result"]["entry_id"] == entry.entry_id
    assert_works(hass, entry, frigate)


@pytest.mark.parametrize("step", ["token", "proxy"])
async def test_the_other_ways_to_authenticate_are_shown(
    hass: HomeAssistant, client: Any, frigate: FakeFrigate, step: str
) -> None:
    api = Api(hass, client, FLOWS)
    await api.start(DOMAIN)
    await api.submit(url=frigate.external_url, verify_ssl=False)
    await api.submit(next_step_id=step)

    assert api.step["step_id"] == step
    assert api.step["data_schema"]


async def test_reconfiguring(
    hass: HomeAssistant, client: Any, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, data={**entry.data, **ADMIN})
    api = Api(hass, client, FLOWS)
    await api.start(DOMAIN, entry_id=entry.entry_id)
    assert api.step["step_id"] == "reconfigure"
    choice = api.fields["credentials"]
    assert choice["default"] == "keep"
    assert choice["selector"]["select"]["options"] == ["keep", "replace", "remove"]
    assert not any(secret in str(api.step) for secret in SECRETS)

    await api.submit(url=frigate.internal_url, verify_ssl=False, credentials="remove")
    assert api.step["reason"] == "reconfigure_successful"
    assert entry.data == {"url": frigate.internal_url, "verify_ssl": False}
    assert_works(hass, entry, frigate)


async def test_options(
    hass: HomeAssistant, client: Any, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    api = Api(hass, client, OPTIONS)
    await api.start(entry.entry_id)
    number = api.fields["mjpeg_fps"]
    assert number["default"] == 5
    assert (
        number["selector"]["number"] | {"min": 1, "max": 30, "step": 1}
        == (number["selector"]["number"])
    )
    height = api.fields["mjpeg_height"]["selector"]["number"]
    assert (height["min"], height["max"]) == (120, 2160)
    assert height["unit_of_measurement"] == "px"
    assert not api.fields["browser_url"]["required"]

    response = await client.post(
        f"{OPTIONS}/{api.step['flow_id']}",
        json={"live_view": {"mjpeg_fps": 31}, "cameras": {}, "files": {}},
    )
    assert response.status == 400
    assert "mjpeg_fps" in await response.text()
    assert entry.options == {}

    live_view = {"mjpeg_fps": 30, "mjpeg_height": 1080, "overlays": ["zones"]}
    await api.submit(live_view=live_view, cameras={}, files={})
    assert api.step["type"] == "create_entry"
    assert entry.options["mjpeg_fps"] == 30
    assert_works(hass, entry, frigate)
