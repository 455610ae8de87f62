"""The repository's blueprints, there to be tried, and an automation at work."""

from collections.abc import Mapping
from pathlib import Path
import shutil

from . import DOMAIN, ROOT, DemoError, say
from .api import Api
from .frigate import Target
from .live import OCCUPANCY
from .registry import Entity
from .waiting import until

_FOLDER = Path("blueprints") / "automation" / DOMAIN
_NOTIFICATION_SECONDS = 120


def copy_blueprints(config: Path) -> None:
    """Put the repository's blueprints where Home Assistant looks for them."""
    shutil.copytree(ROOT / _FOLDER, config / _FOLDER)


async def automate(
    api: Api,
    entities: list[Entity],
    targets: Mapping[str, Target],
    missing: list[str],
) -> bool:
    """Make an automation that notifies; return whether there is somebody to notify of."""
    (known,) = await api.commands({"type": "blueprint/list", "domain": "automation"})
    for path in sorted((ROOT / _FOLDER).rglob("*.yaml")):
        name = path.relative_to(ROOT / _FOLDER)
        found = known.get(f"{DOMAIN}/{name}", {"error": "it is not listed"})
        if "error" in found:
            missing.append(f"blueprint {name}: {found['error']}")
    seen = next(
        (
            one.entity_id
            for one in entities
            if one.own_id == OCCUPANCY and targets[one.entry_id].expected
        ),
        None,
    )
    if seen is None:
        return False
    # The screen is no phone, to which the blueprints send their notifications.
    automation = {
        "alias": "Somebody is at the door",
        "triggers": [
            {"trigger": "state", "entity_id": seen, "from": "off", "to": "on"}
        ],
        "actions": [
            {
                "action": "notify.notify",
                "data": {
                    "title": "{{ device_name(trigger.entity_id) }}",
                    "message": "Person detected at {{ now().strftime('%H:%M') }}.",
                },
            }
        ],
    }
    await api.post("/api/config/automation/config/demo", automation)
    return True


async def check_notification(api: Api, missing: list[str]) -> None:
    """Wait until the automation has notified on the screen."""

    async def shown() -> str | None:
        (found,) = await api.commands({"type": "persistent_notification/get"})
        texts = [
            str(one["message"]) for one in found if "detected at" in one["message"]
        ]
        return texts[0] if texts else None

    try:
        text = await until("a notification", _NOTIFICATION_SECONDS, shown)
        say(f"notify  {text}")
    except DemoError as err:
        missing.append(f"the automation: {err}")
