"""What the real servers had seen and exported when their answers for looking back were recorded."""

from functools import cache
import json
import math
from pathlib import Path
import re
from typing import Any

from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.database import Event, Review

STATES = {
    "half an hour of looking back": "0.17.2",
    "half an hour of looking back on 0.18": "0.18",
}
# What each server had recorded, and goes on to record.
_RECORDED = {
    "0.17.2": ((1795700920, math.inf),),
    "0.18": ((1795702310, 1795703081), (1795703141, math.inf)),
}
_EXPORT = re.compile(r"(\w+)_(\d{8}_\d{6})-(\d{8}_\d{6})_(\w{6})\.mp4")

type Row = dict[str, Any]


@cache
def _rows(folder: Path) -> tuple[Row, ...]:
    """Return every row that some answer shows, those last that tell an end.

    The rows of exports come in the order in which the list has them.
    """
    rows: list[Row] = []
    paths = sorted(folder.glob("*2.*.json"))
    for path in [folder / "exports2.list.admin.json", *paths]:
        found = json.loads(path.read_text(encoding="utf-8")).get("json")
        rows += found if isinstance(found, list) else [found]
    known = [row for row in rows if isinstance(row, dict)]
    return tuple(sorted(known, key=lambda row: row.get("end_time") is not None))


def prepare_looking_back(server: FakeFrigate, state: str, fixtures: Path) -> None:
    """Fill the server with what the answers of a version show; others it has not."""
    if (version := STATES.get(state)) is None:
        return
    now, database = server.state.clock(), server.state.database
    server.state.cameras["front_door"].friendly_name = "Puerta principal"
    for camera in server.state.cameras:
        server.record_only(camera, *_RECORDED[version])
    for row in _rows(fixtures / version):
        # An item of the timeline has no id, and what has no label is no event.
        start = row.get("start_time", math.inf)
        if "severity" in row and start <= now:
            database.reviews[row["id"]] = Review(
                row["id"],
                row["camera"],
                row["severity"],
                start,
                _end(row, now),
                row["data"],
            )
        elif "label" in row and start <= now:
            database.events[row["id"]] = _event(row, now)
        elif row.get("timestamp", math.inf) <= now and row not in database.timeline:
            database.timeline.append(row)
        elif "video_path" in row and not any(
            each.id == row["id"] for each in server.state.exporter.exports
        ):
            _add_export(server, row)
    # What began first was written first.
    rows = sorted(database.events.values(), key=lambda each: each.start_time)
    database.events = {each.id: each for each in rows}


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
        row["data"],
        row["false_positive"],
        row.get("box"),
    )


def _add_export(server: FakeFrigate, row: Row) -> None:
    for _, first, last, _ in _EXPORT.findall(row["video_path"]):
        start, end = row["date"], row["date"] + _seconds(last) - _seconds(first)
        server.add_export(
            row["camera"],
            start,
            end,
            row["name"],
            id=row["id"],
            has_picture=bool(row["thumb_path"]),
            case=row.get("export_case"),
            status="running" if row["in_progress"] else "success",
            outcome="hang",
        )


def _seconds(text: str) -> int:
    """Return the second of a month that the name of a file tells."""
    day, hour, minute, second = (int(text[at : at + 2]) for at in (6, 9, 11, 13))
    return ((day * 24 + hour) * 60 + minute) * 60 + second
