"""Creates clients and their HTTP sessions from the data of config entries."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any

import aiohttp

from homeassistant.const import (
    CONF_PASSWORD,
    CONF_TOKEN,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_create_clientsession

from .aiofrigate import Credentials, FrigateClient
from .const import CONF_HEADERS, CONF_PROXY_PASSWORD, CONF_PROXY_USERNAME


def credentials_from(data: Mapping[str, Any]) -> Credentials:
    """Return the credentials in the data of a config entry.

    Raises:
        FrigateArgumentError: they exclude each other.
    """
    return Credentials(
        username=data.get(CONF_USERNAME),
        password=data.get(CONF_PASSWORD),
        token=data.get(CONF_TOKEN),
        proxy_username=data.get(CONF_PROXY_USERNAME),
        proxy_password=data.get(CONF_PROXY_PASSWORD),
        headers=MappingProxyType(dict(data.get(CONF_HEADERS, {}))),
    )


@callback
def async_create_client(hass: HomeAssistant, data: Mapping[str, Any]) -> FrigateClient:
    """Return a client for a config entry; its session is closed with the entry."""
    session = async_create_clientsession(
        hass,
        verify_ssl=data[CONF_VERIFY_SSL],
        # A safe jar would drop the cookies of a server whose host is an IP address.
        cookie_jar=aiohttp.CookieJar(unsafe=True),
    )
    return FrigateClient(session, data[CONF_URL], credentials_from(data))


@asynccontextmanager
async def temporary_session(
    hass: HomeAssistant, *, verify_ssl: bool
) -> AsyncGenerator[aiohttp.ClientSession]:
    """Yield a session with its own cookie jar, to validate a connection."""
    session = async_create_clientsession(
        hass,
        verify_ssl=verify_ssl,
        auto_cleanup=False,
        cookie_jar=aiohttp.CookieJar(unsafe=True),
    )
    try:
        yield session
    finally:
        # The connector belongs to Home Assistant, so it must not be closed here.
        session.detach()
