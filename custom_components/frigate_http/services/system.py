"""Actions for the logs of Frigate and for the schema of its configuration."""

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
MAX_LINES = 10_000
MAX_PATH_LENGTH = 200


def _dotted_path(path: str) -> str:
    """Validate names that are separated by single dots."""
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
        names = call.client.mask(", ".join(err.names)) or "nothing"
        raise validation_error("unknown_path", path=err.path, names=names) from err


ACTIONS = (
    ServerAction(
        name="get_logs",
        handler=_get_logs,
        fields={
            vol.Required(LOG): vol.In(LOG_SERVICES),
            vol.Optional(LINES, default=DEFAULT_LINES): whole_number(1, MAX_LINES),
        },
        is_query=True,
    ),
    ServerAction(
        name="get_config_schema",
        handler=_get_config_schema,
        fields={
            vol.Optional(PATH): vol.All(text(MAX_PATH_LENGTH), str.strip, _dotted_path)
        },
        is_query=True,
    ),
)
