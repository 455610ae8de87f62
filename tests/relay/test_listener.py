"""Who reads from the relay, and who does not."""

import aiohttp
from aiohttp import encode_basic_auth, hdrs
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from yarl import URL

from custom_components.frigate_http.relay.relay import Relay
from homeassistant.core import HomeAssistant


async def _ask(
    url: URL, method: str = "HEAD", **headers: str
) -> aiohttp.ClientResponse:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, headers=headers) as response,
    ):
        await response.read()
        return response


async def test_only_the_secret_of_a_camera_opens_it(relay: Relay) -> None:
    url, other = URL(relay.url_of("front_door")), URL(relay.url_of("Portones"))
    assert url.host == "127.0.0.1"
    assert len(url.password or "") >= 40
    assert "front_door" not in str(url)
    assert url == URL(relay.url_of("front_door"))

    response = await _ask(url)
    assert response.status == 200
    assert response.headers[hdrs.CONTENT_TYPE] == "video/mp2t"
    assert response.headers[hdrs.CACHE_CONTROL] == "no-store"
    assert hdrs.CONTENT_LENGTH not in response.headers

    bare = url.with_user(None)
    secret = encode_basic_auth("relay", other.password or "")
    for refused in (
        await _ask(bare),
        await _ask(bare, "GET"),
        await _ask(bare, Authorization="Basic !"),
        await _ask(bare, Authorization="Bärer x"),
        await _ask(bare, Authorization=secret),
        await _ask(url.with_password("wrong")),
        await _ask(url.with_user("other")),
        await _ask(other.with_path(url.path)),
        await _ask(url.with_path("/3.ts")),
        await _ask(url.with_path("/")),
    ):
        assert refused.status == 401
        assert refused.headers[hdrs.WWW_AUTHENTICATE].startswith("Basic realm=")


@pytest.mark.parametrize(
    "host", ["localhost:{port}", "evil.example:{port}", "127.0.0.1"]
)
async def test_only_this_machine_is_a_host(relay: Relay, host: str) -> None:
    url = URL(relay.url_of("front_door"))
    response = await _ask(url, Host=host.format(port=url.port))
    assert response.status == (200 if host.startswith("localhost") else 403)


async def test_what_may_not_be_watched_is_not_found(relay: Relay) -> None:
    url = URL(relay.url_of("front_door"))
    assert (await _ask(url, "POST")).status == 405
    relay.serve({"Portones": "gates"})
    assert (await _ask(url)).status == 404
    assert (await _ask(URL(relay.url_of("Portones")))).status == 200
    relay.serve({"front_door": "porch"})
    assert (await _ask(url)).status == 200


async def test_the_port_is_closed_with_the_entry(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    relay: Relay = entry.runtime_data.relay
    relay.serve({"front_door": "porch"})
    url = URL(relay.url_of("front_door"))
    await hass.config_entries.async_reload(entry.entry_id)
    with pytest.raises(aiohttp.ClientConnectorError):
        await _ask(url)
    renewed: Relay = entry.runtime_data.relay
    renewed.serve({"front_door": "porch"})
    new_url = URL(renewed.url_of("front_door"))
    assert new_url.password != url.password
    assert (await _ask(new_url)).status == 200
