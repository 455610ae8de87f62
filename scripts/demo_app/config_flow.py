"""Adding a Frigate the way a person does: step by step through the config flow."""

from . import DOMAIN, DemoError
from .api import FLOWS, Api, Json
from .frigate import Target

_MOST_STEPS = 10


async def add_frigate(api: Api, target: Target) -> str:
    """Add the server to Home Assistant and return the id of its config entry."""
    step = await api.post(FLOWS, {"handler": DOMAIN})
    for _ in range(_MOST_STEPS):
        match step["type"]:
            case "create_entry":
                return str(step["result"]["entry_id"])
            case "menu":
                answer: Json = {"next_step_id": _way_in(step, target)}
            case "form" if not step.get("errors"):
                answer = _fill_in(step["data_schema"], target)
            case _:
                break
        step = await api.post(f"{FLOWS}/{step['flow_id']}", answer)
    reason = step.get("errors") or step.get("reason")
    details = step.get("description_placeholders") or {}
    raise DemoError(
        f"Home Assistant could not add {target.url}: {reason}, {details.get('message')}."
    )


def _way_in(step: Json, target: Target) -> str:
    if step["step_id"] == "official_found":
        return "side_by_side"
    if target.token:
        return "token"
    if target.username and target.password:
        return "login"
    raise DemoError(
        f"{target.url} wants a login: set FRIGATE_USERNAME and FRIGATE_PASSWORD, "
        "or FRIGATE_TOKEN."
    )


def _fill_in(fields: list[Json], target: Target) -> Json:
    """Answer a form's fields, by name; what we know nothing about keeps its default."""
    known = {
        "url": target.url,
        "verify_ssl": target.verify_ssl,
        "username": target.username,
        "password": target.password,
        "token": target.token,
    }
    answers: Json = {}
    for field in fields:
        name = field["name"]
        if field.get("type") == "expandable":
            answers[name] = _fill_in_section(field["schema"], known)
        elif known.get(name) is not None:
            answers[name] = known[name]
    return answers


def _fill_in_section(fields: list[Json], known: Json) -> Json:
    # The names inside a section may repeat those outside, for another login.
    wanted = {"verify_ssl"} & {field["name"] for field in fields}
    return {name: known[name] for name in wanted}
