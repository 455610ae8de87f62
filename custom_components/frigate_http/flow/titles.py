"""Titles of config entries, by which users tell servers apart."""

from collections.abc import Collection

from yarl import URL

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_URL

TITLE = "Frigate"


def new_title(entries: Collection[ConfigEntry], url: URL) -> str:
    """Return the title of a new entry, with as much of its URL as tells it from the others."""
    titles = {one.title for one in entries}
    urls = [URL(one.data[CONF_URL]) for one in entries]
    if not titles:
        return TITLE
    for name in (_host, _host_and_port, _host_port_and_path):
        title = f"{TITLE} ({name(url)})"
        if title not in titles and name(url) not in map(name, urls):
            return title
    return f"{TITLE} ({url})"


def _host(url: URL) -> str:
    return url.host or ""


def _host_and_port(url: URL) -> str:
    host = _host(url)
    return f"[{host}]:{url.port}" if ":" in host else f"{host}:{url.port}"


def _host_port_and_path(url: URL) -> str:
    return f"{_host_and_port(url)}{url.path.rstrip('/')}"
