"""Fixtures for the tests of downloads: folders that Home Assistant may write to."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from homeassistant.core import HomeAssistant


@dataclass(frozen=True)
class Folders:
    """The folders of a Home Assistant installation."""

    config: Path
    media: Path
    allowed: Path
    public: Path

    def files(self) -> list[str]:
        """Return all files, also hidden ones, as paths relative to the root."""
        root = self.config.parent
        return sorted(
            str(one.relative_to(root)) for one in root.rglob("*.*") if one.is_file()
        )

    def leftovers(self) -> list[Path]:
        """Return all hidden files and folders: the workspaces of unfinished downloads."""
        return list(self.config.parent.rglob(".*"))


@pytest.fixture
def folders(hass: HomeAssistant, tmp_path: Path) -> Folders:
    """Configure a media folder, another allowed folder, and the public folder."""
    found = Folders(
        config=tmp_path / "config",
        media=tmp_path / "config" / "media",
        allowed=tmp_path / "allowed",
        public=tmp_path / "config" / "www",
    )
    for folder in (found.media, found.allowed, found.public):
        folder.mkdir(parents=True)
    hass.config.config_dir = str(found.config)
    hass.config.media_dirs = {"local": str(found.media)}
    hass.config.allowlist_external_dirs = {
        str(found.media),
        str(found.allowed),
        str(found.public),
    }
    return found
