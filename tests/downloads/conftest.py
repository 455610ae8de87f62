"""Fixtures for the tests of downloads: folders that Home Assistant may write to."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from homeassistant.core import HomeAssistant


@dataclass(frozen=True)
class Folders:
    """The folders of a Home Assistant."""

    config: Path
    media: Path
    allowed: Path
    public: Path

    def files(self) -> list[str]:
        """Return every file that is anywhere, hidden or not, as paths below the whole."""
        root = self.config.parent
        return sorted(
            str(one.relative_to(root)) for one in root.rglob("*.*") if one.is_file()
        )

    def leftovers(self) -> list[Path]:
        """Return whatever is hidden, which only an unfinished download would leave."""
        return list(self.config.parent.rglob(".*"))


@pytest.fixture
def folders(hass: HomeAssistant, tmp_path: Path) -> Folders:
    """Let Home Assistant have a media folder, another allowed one, and a public one."""
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
