"""What a person reads, by key: the integration's, Home Assistant's and the frontend's texts."""

from collections.abc import Mapping
from functools import cache
import json
from pathlib import Path
import re
from typing import Any

import hass_frontend

import homeassistant
from scripts.demo_app import DOMAIN, ROOT, DemoError

_OURS = ROOT / "custom_components" / DOMAIN / "translations"
_CORE = Path(homeassistant.__file__).parent / "components"
_FRONTEND = Path(hass_frontend.__file__).parent / "static/translations"
# The files of the frontend's panels carry a hash in their names.
_PANELS = ("", "config", "page-authorize")
_PLACEHOLDER = re.compile(r"\{\w+\}")

LANGUAGES = tuple(sorted(path.stem for path in _OURS.glob("*.json")))
"""Every language that the integration speaks."""


class Texts:
    """The texts of one language; a key that does not exist is a failure."""

    def __init__(self, language: str) -> None:
        """Read nothing yet."""
        self.language = language

    def ours(self, key: str, **placeholders: str) -> str:
        """Return a text of the integration with its placeholders filled in."""
        text = _find(_OURS / f"{self.language}.json", key)
        for name, value in placeholders.items():
            text = text.replace(f"{{{name}}}", value)
        if left := _PLACEHOLDER.search(text):
            raise DemoError(f"Nobody fills in {left.group()} of the text {key}.")
        return text

    def core(self, component: str, key: str) -> str:
        """Return a text that Home Assistant has for all integrations."""
        return _find(_CORE / component / "translations" / f"{self.language}.json", key)

    def frontend(self, key: str) -> str:
        """Return a text of Home Assistant's frontend, whose key begins with `ui.`."""
        name = re.compile(rf"{self.language}-[0-9a-f]{{32}}\.json")
        for panel in _PANELS:
            for path in sorted((_FRONTEND / panel).glob(f"{self.language}-*.json")):
                if name.fullmatch(path.name) and _lookup(_read(path), key) is not None:
                    return _find(path, key)
        raise DemoError(f"The frontend has no text {key} in {self.language}.")


def _find(path: Path, key: str) -> str:
    found = _lookup(_read(path), key)
    if not isinstance(found, str):
        raise DemoError(f"{path.name} has no text {key}.")
    return found


def _lookup(texts: Any, key: str) -> Any:
    if isinstance(texts, Mapping) and key in texts:
        # The frontend's keys are whole, with dots in them.
        return texts[key]
    for part in key.split("."):
        if not isinstance(texts, Mapping):
            return None
        texts = texts.get(part)
    return texts


@cache
def _read(path: Path) -> Any:
    return json.loads(path.read_text())
