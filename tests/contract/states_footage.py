"""The states of recordings and exports in which the real servers gave their answers."""

from datetime import UTC, datetime
import math
import re
from typing import Any

from tests.fake_frigate import FakeFrigate

BEGIN = 1795451016
# The server was updated to 0.18 here, and recorded nothing meanwhile.
PAUSE = (1795453705, 1795454005)
# When the recorded server worked its default window out.
IMPORTED = 1795451460
_ID = re.compile(r"(?<![\w-])(front_door|Portones)_([a-z0-9]{6})(?!\w)")
_FILE = re.compile(r"(front_door|Portones)_(\d{8}_\d{6})-(\d{8}_\d{6})_([a-z0-9]{6})")
_CASE = "ec9ndfv2l36l"


def _moment(text: str) -> float:
    return datetime.strptime(text, "%Y%m%d_%H%M%S").replace(tzinfo=UTC).timestamp()


def _add_exports(server: FakeFrigate, asked: str, **settings: Any) -> None:
    """Add the exports a request names, or else one of each camera."""
    for camera, start, end, name in _FILE.findall(asked):
        export_id = f"{camera}_{name}"
        times = _moment(start), _moment(end)
        server.add_export(camera, *times, id=export_id, **settings)
    found = set(_ID.findall(asked)) or {
        ("front_door", "vqceti"),
        ("Portones", "d2j6ye"),
    }
    if _FILE.search(asked) is None:
        for camera, name in found:
            export_id = f"{camera}_{name}"
            server.add_export(camera, 1795454423, 1795454443, id=export_id, **settings)


def _run_exports(server: FakeFrigate, asked: str) -> None:
    exporter = server.state.exporter
    exporter.progress = 0.0
    found = _ID.findall(asked) or [("front_door", "vqceti")]
    for camera, name in found:
        server.add_export(
            camera,
            1795454081,
            1795454381,
            id=f"{camera}_{name}",
            status="running",
            outcome="hang",
            began_at=1795454413.8142135,
        )


def _prepare_exports(server: FakeFrigate, state: str, asked: str) -> None:
    match state:
        case "exports" | "exports in a case" | "exports of another camera":
            case = _CASE if state == "exports in a case" else None
            _add_exports(server, asked, case=case)
        case "exports, some in a case":
            _add_exports(server, asked)
            _add_exports(server, asked, case=_CASE)
        case "exports, one of them stuck":
            _add_exports(server, asked)
            _run_exports(server, asked)
        case "an export runs":
            _run_exports(server, asked)
        case "exports run and wait":
            _run_exports(server, "")
            server.state.exporter.held = True
            _add_exports(server, asked, status="waiting")
        case "cases":
            server.add_case("Case one", _CASE).description = "first"
            server.add_case("")
            _add_exports(server, asked)
    if state == "exports of another camera":
        exports = server.state.exporter.exports
        exports[:] = [each for each in exports if each.camera == "front_door"]


def prepare_footage(server: FakeFrigate, state: str, request: dict[str, Any]) -> None:
    """Let the recordings, and the exports that a request names, be there."""
    spans, server.state.started_at = [(BEGIN, PAUSE[0]), (PAUSE[1], math.inf)], IMPORTED
    if state in ("recordings since the start", "recordings since a moment ago"):
        begin = int(server.state.clock()) - 50
        spans, server.state.started_at = [(begin, math.inf)], begin - 5
    for camera in server.state.cameras:
        server.record_only(camera, *spans)
    if state.startswith("auth disabled, "):
        server.state.auth = False
        state = state.removeprefix("auth disabled, ")
    asked = request["path"] + request.get("body", "")
    _prepare_exports(server, state, asked)
