"""The fake answers as the real servers did: every recording is replayed on it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import accumulate, chain
import json
from operator import or_
import re
import time
from typing import Any

import aiohttp
import pytest

from tests.contract.states_faces import prepare_faces
from tests.contract.states_footage import prepare_footage
from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.answers import NGINX
from tests.fake_frigate.face_images import face_image
from tests.fake_frigate.recorded import COMPLETE, FIXTURES, recorded_file
from tests.fake_frigate.settings import Zone
from tests.fake_frigate.state import VERSION_STRINGS
from tests.versions import VERSIONS

from .states_administration import prepare_administration
from .states_clips import prepare_clips
from .states_controls import prepare_controls
from .states_events import clock_of, prepare_events
from .states_looking_back import STATES as LOOKING_BACK, prepare_looking_back
from .states_vod import prepare_vod


def _manifest() -> dict[str, Any]:
    """Return what the files of the manifest say together; none repeats another."""
    whole: dict[str, Any] = {"states": {}, "recordings": {}, "left_out": {}}
    for path in sorted((FIXTURES / "manifest").glob("*.json")):
        part = json.loads(path.read_text(encoding="utf-8"))
        for version, names in part.pop("left_out", {}).items():
            whole["left_out"].setdefault(version, {}).update(names)
        for section in ("states", "recordings"):
            assert not whole[section].keys() & part[section].keys()
            whole[section] |= part[section]
    return whole


MANIFEST = _manifest()
FOOTAGE_STATES: dict[str, str] = json.loads(
    (FIXTURES / "manifest" / "footage.json").read_text(encoding="utf-8")
)["states"]
TRAIN_FILE = "1795451690.505339-k5o8yi-1795451693.146546-Eileen-1.0.webp"
COMPARED = (
    "content-type",
    "location",
    "allow",
    "cache-control",
    "set-cookie",
    "remote-user",
    "remote-role",
    "accept-ranges",
    "x-frigate-offline",
    "x-frame-time",
    "strict-transport-security",
)
# What these say depends on the content of a file and on when it was written. Of other
# answers they were not kept.
PRESENT = ("etag", "last-modified", "expires", "content-range", "content-disposition")
# Names the recordings use for accounts that the fake has under another name.
ACCOUNTS = {"gateuser": "gate1"}

type Recording = dict[str, Any]
type Ask = Callable[[Recording], Awaitable[None]]


def _read(version: str) -> dict[str, Recording]:
    """Return the recorded answers; sessions of `/ws` are replayed elsewhere."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((FIXTURES / version).glob("*.json"))
        if not path.stem.endswith(".full") and not path.stem.startswith("ws")
    }


# The oldest version first. Of one version everything was recorded; the newer ones have
# only what they answer differently from the one before, and answer the rest as that does.
# On an older one, nothing but its own recordings is replayed.
RECORDED = {one: _read(one) for one in VERSIONS if (FIXTURES / one).is_dir()}
_NEWER = [*RECORDED][[*RECORDED].index(COMPLETE) :]
REPLAYED = RECORDED | dict(
    zip(_NEWER, accumulate((RECORDED[one] for one in _NEWER), or_), strict=True)
)
CASES = [
    pytest.param(version, name, id=f"{version}-{name}")
    for version in RECORDED
    for name in REPLAYED[version]
    if name not in MANIFEST["left_out"].get(version, {})
]


def _entry(version: str, name: str) -> dict[str, Any]:
    recordings = MANIFEST["recordings"]
    entry: dict[str, Any] = recordings.get(f"{name}@{version}") or recordings[name]
    # An answer that did not change from 0.17.2 was given in the state of that time.
    return recordings[name] if name not in RECORDED[version] else entry


async def _log_in_badly(ask: Ask, times: int) -> None:
    for _ in range(times):
        await ask(
            {
                "method": "POST",
                "port": "external",
                "path": "/api/login",
                "headers": {"Content-Type": "application/json"},
                "body": '{"user":"admin","password":"wrong"}',
            }
        )


async def _answered_before(server: FakeFrigate, ask: Ask, request: Recording) -> None:
    server.state.faces.clear()
    server.state.train.clear()
    server.state.train_folder = False
    await ask(request)
    server.add_face("Eileen", 2)
    server.add_face("Ana_Maria", 0)


def _prepare_faces(server: FakeFrigate, state: str) -> None:
    match state:
        case "no faces" | "faces disabled, none there":
            server.state.faces.clear()
            server.state.train.clear()
            server.state.train_folder = False
        case "faces disabled" | "all faces have pictures" | "auth disabled":
            server.add_face("Ana", 1)
    server.state.face_recognition = not state.startswith("faces disabled")


def _prepare_cameras(server: FakeFrigate, state: str) -> None:
    if state in ("camera off", "camera just off"):
        server.state.cameras["Portones"].enabled = False
    if state == "a camera that listens":
        front_door = server.state.cameras["front_door"]
        front_door.audio = True
        front_door.zones["porch"] = Zone(labels=())
    if state == "camera off":
        server.state.cameras["Portones"].stopped_at = time.time() - 14


async def _prepare_logins(server: FakeFrigate, state: str, ask: Ask) -> None:
    match state:
        case "rate limit set":
            server.state.login_rate_limit = 5
        case "rate limit reached":
            server.state.login_rate_limit = 5
            await _log_in_badly(ask, 5)
        case "second limit reached":
            server.state.login_rate_limit = "1/second;5/minute;20/hour"
            await _log_in_badly(ask, 1)
        case "user deleted":
            server.state.users.pop("viewer1")
        case "password changed":
            server.state.users["viewer1"].password_changed_at = time.time() - 60
    server.state.auth = "auth disabled" not in state
    server.state.admin_first_time_login = state == "first login"


async def _prepare(
    server: FakeFrigate, state: str, request: Recording, ask: Ask
) -> None:
    assert state in MANIFEST["states"]
    _prepare_faces(server, state)
    prepare_faces(server, state)
    _prepare_cameras(server, state)
    await _prepare_logins(server, state, ask)
    prepare_administration(server, state)
    prepare_controls(server, state)
    prepare_events(server, state, FIXTURES)
    prepare_clips(server, state, request, FIXTURES)
    prepare_vod(server, state)
    prepare_looking_back(server, state, FIXTURES)
    match state:
        case "faces registered after an answer":
            await _answered_before(server, ask, request)
        case "faces registered long after an answer":
            server.state.clock = lambda: time.time() - 7
            await _answered_before(server, ask, request)
            server.state.clock = time.time
        case "user deleted, list in the cache":
            await ask(request)
        case "asked on the internal port before":
            await ask({**request, "port": "internal", "headers": {}})
    if state in FOOTAGE_STATES:
        prepare_footage(server, state, request)
    server.state.starting = state == "starting"
    if server.state.is_017:
        # Where these were recorded, nothing was restreamed.
        server.go2rtc.streams.clear()


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session that sends what a recording says and nothing else."""
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
    ) as session:
        yield session


def _content(request: Recording) -> Any:
    """Return the body of a request; pictures and large ones are not in the file."""
    if "filler" in request:
        return bytes(request["filler"])
    if (upload := request.get("upload")) is None:
        return request.get("body")
    form = aiohttp.FormData()
    picture = face_image(upload.get("face"))
    form.add_field(upload["field"], picture, filename="picture.jpg")
    return form()


def _shape(value: Any, path: tuple[str, ...] = ()) -> Any:
    """Return the keys and the kinds of values; names that are data become one."""
    if isinstance(value, dict):
        keys: dict[str, list[Any]] = {_key(key, path): [] for key in value}
        for key, each in value.items():
            keys[_key(key, path)].append(_shape(each, (*path, key)))
        return {key: _distinct(shapes) for key, shapes in sorted(keys.items())}
    if isinstance(value, list):
        return _distinct([_shape(each, (*path, "[]")) for each in value])
    return type(value).__name__


def _key(key: str, path: tuple[str, ...]) -> str:
    if path == ("faces",) and key != "train":
        return "<face>"
    if path[-1:] == ("cpu_usages",) and key.isdigit():
        return "<pid>"
    if path[-1:] == ("motion_heatmap",):
        return "<cell>"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", key):
        return "<day>"
    return key


def _distinct(shapes: list[Any]) -> list[Any]:
    result: list[Any] = []
    for shape in shapes:
        if shape not in result:
            result.append(shape)
    return sorted(result, key=str)


def _normal_cookie(text: str) -> str:
    text = re.sub(r"=[\w-]+\.[\w-]+\.[\w-]+;", "=<jwt>;", text)
    return re.sub(
        r"expires=\w{3}, \d\d (\w{3}) (\d{4}) [\d:]+ GMT", r"expires=\2", text
    )


def _headers(values: dict[str, str], server: FakeFrigate) -> dict[str, str]:
    found = {name: values[name] for name in COMPARED if name in values}
    if "content-type" in found:
        kind = re.sub(r"boundary=\d+", "boundary=<number>", found["content-type"])
        found["content-type"] = kind
    if "set-cookie" in found:
        found["set-cookie"] = _normal_cookie(found["set-cookie"])
    if "location" in found:
        found["location"] = (
            found["location"]
            .replace(":5000/", f":{server.internal_port}/")
            .replace(":8971/", f":{server.external_port}/")
        )
    if "remote-user" in found:
        found["remote-user"] = ACCOUNTS.get(found["remote-user"], found["remote-user"])
    return found


def _clock_year(headers: dict[str, str]) -> None:
    """Forget the year of a cookie that is cleared; it is the one of today."""
    cookie = headers.get("set-cookie", "")
    if "Max-Age=0" in cookie:
        headers["set-cookie"] = re.sub(r"expires=\d{4}", "expires=now", cookie)


def _normal_text(text: str) -> str:
    """Forget the version of nginx, and what only a certain encoder brings about."""
    text = re.sub(r"nginx/1\.\d+\.\d+", NGINX, text)
    return re.sub(r"BANDWIDTH=\d+|avc1\.\w{6}", "<encoding>", text)


def _compare_picture(body: bytes, expected_hex: str) -> None:
    expected = bytes.fromhex(expected_hex)
    if expected[4:8] in (b"moof", b"styp", b"moov") or b"moov" in expected:
        # How large a box of a fragment is depends on what was encoded, and how.
        assert body[4:8] == expected[4:8]
        return
    lengths = {b"\xff\xd8": 3, b"RI": 4, b"GI": 6, b"\x89P": 20, b"\0\0": 32}
    lengths[b"\r\n"] = 4
    length = lengths.get(expected[:2], 0)
    assert expected == b"" or length
    assert body[:length] == expected[:length]


def _compare_body(
    version: str,
    name: str,
    recording: Recording,
    status: int,
    body: bytes,
    *,
    exact: bool,
    ids: bool,
) -> None:
    if "json_file" in recording:
        path = recorded_file(version, recording["json_file"])
        recording = {**recording, "json": json.loads(path.read_text(encoding="utf-8"))}
    if "text" in recording:
        text = recording["text"].replace(
            VERSION_STRINGS[COMPLETE], VERSION_STRINGS[version]
        )
        assert _normal_text(body.decode()) == _normal_text(text)
    elif "json" in recording:
        value = json.loads(body)
        if part := recording.get("only"):
            value = {part: value[part]}
        if (count := recording.get("first")) is not None:
            assert len(value) >= count
            value = value[:count]
        if ids:
            assert [row["id"] for row in value] == [
                row["id"] for row in recording["json"]
            ]
        if status >= 400 or exact:
            assert value == recording["json"]
        start = ("faces",) if recording["request"]["path"] == "/api/faces" else ()
        expected = recording["json"]
        if name.startswith(("new.config.8971.viewer", "new.config.8971.gate")) or (
            version != COMPLETE and name in VIEWERS_CONFIG
        ):
            expected = {k: v for k, v in expected.items() if k != "environment_vars"}
        assert _shape(value, start) == _shape(expected, start)
    elif "first_bytes_hex" in recording:
        _compare_picture(body, recording["first_bytes_hex"])


# 0.18 leaves a key out for everybody but admins; its full body was recorded as admin.
VIEWERS_CONFIG = ("config.8971.viewer", "gate.config", "authdisabled18.config")


async def _body(response: aiohttp.ClientResponse, path: str) -> bytes:
    kind = response.headers.get("Content-Type", "")
    if not kind.startswith("multipart/x-") or response.method == "HEAD":
        return await response.read()
    if "fps=0" in path or "height=0" in path:
        body = await response.read()
        assert body == b""
        return body
    start = b"--frame\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8"
    assert await response.content.readexactly(len(start)) == start
    return b""


@pytest.mark.parametrize(("version", "name"), CASES)
async def test_recording(
    session: aiohttp.ClientSession, version: str, name: str
) -> None:
    recording, entry = REPLAYED[version][name], _entry(version, name)
    request = recording["request"]
    async with FakeFrigate(
        version,
        faces={"Eileen": 2, "Ana": 0},
        train=3,
        clock=clock_of(entry["state"]),
    ) as server:
        server.state.train.append(TRAIN_FILE)
        if (now := entry.get("now")) is not None:
            server.state.clock = lambda: now
        token = server.token(
            entry.get("user", "admin"),
            entry.get("role"),
            entry.get("expires_in", 86400),
            entry.get("issued_ago", 0),
        )

        def send(what: Recording) -> Any:
            url = server.internal_url
            if what["port"] == "external":
                url = server.external_url
            if what.get("scheme") == "http":
                url = url.replace("https://", "http://")
            headers = {
                key: value.replace("<jwt>", token)
                for key, value in what.get("headers", {}).items()
            }
            content = _content(what)
            if "upload" in what:
                headers |= dict(content.headers)
            return session.request(
                what.get("method", "GET"),
                url + what["path"].replace("<jwt>", token),
                headers=headers,
                data=content,
                ssl=False,
                allow_redirects=False,
            )

        async def ask(what: Recording) -> None:
            async with send(what) as response:
                await response.read()

        await _prepare(server, entry["state"], request, ask)
        async with send(request) as response:
            body = await _body(response, request["path"])
            found = {key.lower(): value for key, value in response.headers.items()}
            assert response.status == recording["status"]
            expected = _headers(recording["headers"], server)
            actual = _headers(found, server)
            if recording.get("only") or name == "full.stats":
                expected = {key: actual.get(key, "") for key in ("content-type",)}
                actual = dict(expected)
            _clock_year(expected)
            _clock_year(actual)
            assert actual == expected
            if entry["state"] in LOOKING_BACK:
                for header in PRESENT:
                    assert (header in found) == (header in recording["headers"]), header
            if not entry.get("cache_unrecorded"):
                assert ("x-cache-status" in found) == (
                    "x-cache-status" in recording["headers"]
                )
            if recording["headers"].get("x-cache-status") == "BYPASS":
                assert found["x-cache-status"] == "BYPASS"
            compared = {each: entry.get(each, False) for each in ("exact", "ids")}
            _compare_body(version, name, recording, response.status, body, **compared)


def test_every_recording_is_used() -> None:
    recordings = MANIFEST["recordings"]
    for recorded in RECORDED.values():
        assert set(recorded) <= {key.partition("@")[0] for key in recordings}
    every = {*chain(*RECORDED.values())}
    assert {key.partition("@")[0] for key in recordings} == every


def test_every_state_is_described() -> None:
    used = {entry["state"] for entry in MANIFEST["recordings"].values()}
    assert used == set(MANIFEST["states"])


def test_what_is_left_out_has_a_reason() -> None:
    for version, names in MANIFEST["left_out"].items():
        for name, reason in names.items():
            assert name not in RECORDED[version]
            assert len(reason) > 20
