"""What the real servers had seen when their answers about events were recorded."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
import json
from pathlib import Path
from typing import Any, NamedTuple

from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.database import Event, Review
from tests.fake_frigate.state import wall_clock


class Run(NamedTuple):
    """A stretch of a real server's time: from when, and the time of the request."""

    version: str
    since: float
    now: float


RUNS = {
    "events": Run("0.17.2", 0, 1795451771),
    "events, half an hour": Run("0.17.2", 1795451500, 1795452330),
    "events, with a car": Run("0.17.2", 1795452000, 1795452510),
    "events, auth disabled": Run("0.17.2", 1795452000, 1795452620),
    "events, two hours": Run("0.17.2", 1795456000, 1795456940),
    "events on 0.18": Run("0.18", 1795454000, 1795454107),
    "events on 0.18, later": Run("0.18", 1795454000, 1795454500),
    "events on 0.18, auth disabled": Run("0.18", 1795454000, 1795454995),
    "events after the upgrade": Run("0.18", 1795453400, 1795453620),
    "events on 0.16": Run("0.16.4", 0, 1795708416),
}
# Rows that no list shows, only the answer to a command or a list of names.
UNLISTED: dict[str, list[tuple[str, str, str, str | None]]] = {
    "events, with a car": [("1795452422.275265-59ofu3", "front_door", "car", None)],
    "events on 0.18, later": [("1795454305.5-aaaaaa", "front_door", "person", "Ana")],
    "events after the upgrade": [("1795453440.5-aaaaaa", "Portones", "doorbell", None)],
}

type Row = dict[str, Any]


def clock_of(state: str) -> Callable[[], float]:
    """Return the clock of a server in this state."""
    return (lambda: RUNS[state].now) if state in RUNS else wall_clock


@cache
def _rows(folder: Path) -> tuple[Row, ...]:
    """Return every row that some list of the recordings shows."""
    rows: list[Row] = []
    for path in sorted(folder.glob("*.json")):
        recording = json.loads(path.read_text(encoding="utf-8"))
        asked = recording.get("request", {}).get("path", "")
        if asked.startswith(
            ("/api/events?", "/api/events", "/api/review", "/api/time")
        ):
            answer = recording.get("json")
            rows += answer if isinstance(answer, list) else []
    # What ran at the time of one answer was over at the time of another.
    rows.sort(key=lambda row: row.get("end_time") is not None)
    return tuple(row for row in rows if "day" not in row)


def prepare_events(server: FakeFrigate, state: str, fixtures: Path) -> None:
    """Fill the tables with what the real server had in them."""
    if state not in RUNS:
        return
    run, database = RUNS[state], server.state.database
    for row in _rows(fixtures / run.version):
        start = row["timestamp" if "class_type" in row else "start_time"]
        if not run.since <= start <= run.now:
            continue
        if "class_type" in row:
            if row not in database.timeline:
                database.timeline.append(row)
        elif "severity" in row:
            database.reviews[row["id"]] = _review(row, run.now)
            if state == "events on 0.16" and row.get("has_been_reviewed"):
                database.viewed.setdefault("anonymous", {})[row["id"]] = True
        else:
            database.events[row["id"]] = _event(row, run.now)
    for name, camera, label, sub_label in UNLISTED.get(state, []):
        start = float(name.partition("-")[0])
        database.events[name] = Event(name, camera, label, start, start + 5, sub_label)
    if state == "events, with a car":
        name, start = "1795452486.546171-upij1i", 1795452486.546171
        database.reviews[name] = Review(name, "Portones", "alert", start, start + 5, {})


def _end(row: Row, now: float) -> float | None:
    """Return the end, unless it was still to come."""
    end: float | None = row["end_time"]
    return None if end is None or end > now else end


def _event(row: Row, now: float) -> Event:
    return Event(
        row["id"],
        row["camera"],
        row["label"],
        row["start_time"],
        _end(row, now),
        row["sub_label"],
        row["zones"],
        row["has_clip"],
        row["has_snapshot"],
        row["retain_indefinitely"],
        deepcopy(row["data"]),
        row["false_positive"],
        row["box"],
    )


def _review(row: Row, now: float) -> Review:
    return Review(
        row["id"],
        row["camera"],
        row["severity"],
        row["start_time"],
        _end(row, now),
        row["data"],
    )
