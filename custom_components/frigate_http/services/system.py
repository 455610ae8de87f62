"""Actions for what Frigate writes down, and for what its configuration may hold."""

import voluptuous as vol

from homeassistant.util.json import JsonObjectType

from ..aiofrigate import (
    LOG_SERVICES,
    FrigateNotFoundError,
    FrigateSchemaPathError,
    schema_at,
)
from ..errors import action_error, validation_error
from .action import ServerAction, ServerCall
from .fields import text, whole_number

LOG, LINES, PATH = "log", "lines", "path"
DEFAULT_LINES = 100
MOST_LINES = 10_000
LONGEST_PATH = 200


def _with_dots(path: str) -> str:
    """Accept names with a dot between each two of them."""
    if "" in path.split("."):
        raise validation_error("bad_path", field=PATH)
    return path


async def _get_logs(call: ServerCall) -> JsonObjectType:
    name = call.data[LOG]
    try:
        log = await call.client.logs.newest(name, call.data[LINES])
    except FrigateNotFoundError as err:
        raise action_error("no_log", log=name) from err
    return {"log": name, "total_lines": log.total_lines, "lines": list(log.lines)}


async def _get_config_schema(call: ServerCall) -> JsonObjectType:
    schema = await call.client.system.config_schema()
    if (path := call.data.get(PATH)) is None:
        return {"schema": schema}
    try:
        return {"schema": dict(schema_at(schema, path))}
    except FrigateSchemaPathError as err:
        names = ", ".join(err.names) or "nothing"
        raise validation_error("unknown_path", path=err.path, names=names) from err


ACTIONS = (
    ServerAction(
        name="get_logs",
        handler=_get_logs,
        fields={
            vol.Required(LOG): vol.In(LOG_SERVICES),
            vol.Optional(LINES, default=DEFAULT_LINES): whole_number(1, MOST_LINES),
        },
        is_query=True,
    ),
    ServerAction(
        name="get_config_schema",
        handler=_get_config_schema,
        fields={vol.Optional(PATH): vol.All(text(LONGEST_PATH), str.strip, _with_dots)},
        is_query=True,
    ),
)
