"""Restarting, and the schema of the configuration."""

from functools import cache
import json
from pathlib import Path
from typing import Any

from .answers import Answer, json_answer
from .call import Call
from .route import route

_SCHEMA = (
    Path(__file__).parent.parent / "fixtures" / "0.17.2" / "config.schema.full.json"
)


@cache
def _schema() -> Any:
    return json.loads(_SCHEMA.read_text(encoding="utf-8"))


def schema_route(call: Call) -> Answer:
    """Answer with the schema; that of 0.18 was not recorded, so both have the same."""
    return json_answer(_schema())


def restart_route(call: Call) -> Answer:
    """Promise to come back, and be gone until a test restarts the server."""
    call.state.starting = True
    text = "Restarting (this can take up to one minute)..."
    return json_answer({"success": True, "message": text})


ROUTES = (
    route("GET", r"/config/schema\.json", schema_route),
    route("POST", "/restart", restart_route, admin=True),
)
