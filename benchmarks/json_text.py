"""What it costs to parse JSON, which a pushed message is twice."""

from collections.abc import Callable
import json
from time import process_time
from typing import Any

import aiohttp
import orjson

from custom_components.frigate_http.aiofrigate.json_parser import parse_json
from tests.fake_frigate import FakeFrigate

from .home import VERSION, furnish
from .table import Row

ROUNDS, CALLS = 7, 50
_EVENT = {
    "type": "update",
    "after": {
        "id": "1795451690.505339-k5o8yi",
        "camera": "front_door",
        "label": "person",
        "sub_label": ["Ana", 0.93],
        "score": 0.86,
        "box": [120, 80, 310, 460],
        "current_zones": ["drive"],
        "entered_zones": ["drive", "lawn"],
        "stationary": False,
        "start_time": 1795451690.505339,
    },
}
_PUSHED = json.dumps({"topic": "events", "payload": json.dumps(_EVENT)}).encode()
_SURROGATE = _PUSHED.replace(b"Ana", rb"A\\ud800")
_NOT_A_NUMBER = _PUSHED.replace(b"0.86", b"NaN")


def _cost(call: Callable[[], object]) -> float:
    """Return how many microseconds of work a call is, in the best of several rounds."""
    call()
    costs: list[float] = []
    for _ in range(ROUNDS):
        began = process_time()
        for _ in range(CALLS):
            call()
        costs.append((process_time() - began) / CALLS)
    return min(costs) * 1e6


def _twice(parse: Callable[[bytes], Any], message: bytes) -> Callable[[], object]:
    """Return a call that parses a message and its payload, as one that is pushed."""
    return lambda: parse(parse(message)["payload"])


async def _configuration() -> bytes:
    async with (
        FakeFrigate(VERSION, 64) as frigate,
        aiohttp.ClientSession() as session,
    ):
        furnish(frigate)
        async with session.get(f"{frigate.internal_url}/api/config") as response:
            return await response.read()


async def measure() -> list[Row]:
    """Measure the usual path, and those for what orjson refuses."""
    config = await _configuration()
    size = f"{len(config) / 1000:.0f} kB"
    cases = (
        ("JSON of a pushed message", "twice", _PUSHED, _twice, json.loads, "json"),
        ("JSON of a pushed message", "twice", _PUSHED, _twice, orjson.loads, "orjson"),
        (
            "the same with a lone surrogate",
            "twice",
            _SURROGATE,
            _twice,
            json.loads,
            "json",
        ),
        ("the same with a NaN", "twice", _NOT_A_NUMBER, _twice, json.loads, "json"),
    )
    rows = [
        Row(
            what=what,
            scale=scale,
            value=_cost(calls(parse_json, text)),
            unit="µs",
            reference=_cost(calls(loads, text)),
            against=f"with {name} alone",
        )
        for what, scale, text, calls, loads, name in cases
    ]
    return [
        *rows,
        Row(
            what="JSON of a configuration",
            scale=f"64 cameras, {size}",
            value=_cost(lambda: parse_json(config)),
            unit="µs",
            reference=_cost(lambda: json.loads(config)),
            against="with json alone",
        ),
    ]
