"""The repository's blueprints: there to be tried, and one of them at work."""

from collections.abc import Mapping
from pathlib import Path
import shutil

from . import DOMAIN, ROOT
from .api import Api
from .frigate import Target
from .phone import Phone
from .registry import read_entities
from .visits import DOOR

_FOLDER = Path("blueprints") / "automation" / DOMAIN
NOTIFY = f"{DOMAIN}/notify.yaml"
# Visits are shorter here, and come one after the other: each shall be told by itself.
_PACE = {"cooldown": 0, "gap": 3}


def copy_blueprints(config: Path) -> None:
    """Put the repository's blueprints where Home Assistant looks for them."""
    shutil.copytree(ROOT / _FOLDER, config / _FOLDER)


async def check_blueprints(api: Api, missing: list[str]) -> None:
    """See that Home Assistant takes all of them, in every edition."""
    (known,) = await api.commands({"type": "blueprint/list", "domain": "automation"})
    for path in sorted((ROOT / _FOLDER).rglob("*.yaml")):
        name = path.relative_to(ROOT / _FOLDER.parent).as_posix()
        found = known.get(name, {"error": "it is not listed"})
        if "error" in found:
            missing.append(f"blueprint {name}: {found['error']}")


async def notify_phone(api: Api, phone: Phone, targets: Mapping[str, Target]) -> None:
    """Make automations that notify the phone of what the servers see.

    Of several servers only the doors, so that what happens at once is told apart.
    """
    doors = {
        one.entry_id: one.device_id
        for one in await read_entities(api)
        if one.own_id == f"camera:{DOOR}"
    }
    for number, entry_id in enumerate(targets):
        cameras = [doors[entry_id]] if len(targets) > 1 else []
        inputs = {"phones": [phone.device_id], "cameras": cameras, **_PACE}
        await api.post(
            f"/api/config/automation/config/demo_{number}",
            {
                "alias": f"Notify {number + 1}",
                "use_blueprint": {"path": NOTIFY, "input": inputs},
            },
        )
