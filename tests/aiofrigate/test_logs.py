"""Logs: the last lines, who may read them, and what is masked in them."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from custom_components.frigate_http.aiofrigate import (
    LOG_SERVICES,
    FrigateClient,
    FrigateDataError,
    FrigateForbiddenError,
    FrigateNotFoundError,
    FrigateServerError,
    Log,
)
from custom_components.frigate_http.aiofrigate.redaction import (
    MAX_LINE_LENGTH,
    _masked,
    mask_line,
)
from tests.fake_frigate import FakeFrigate, Fault
from tests.versions import EVERY_VERSION

from .conftest import ADMIN, VIEWER, Connect


@EVERY_VERSION
async def test_the_last_lines_are_returned(
    frigate: FakeFrigate, connect: Connect
) -> None:
    logs = connect(frigate.external_url, **ADMIN).logs
    frigate.log("Last but one")
    frigate.log("Last")
    log = await logs.newest("frigate", 2)
    assert [line.rpartition(": ")[2] for line in log.lines] == ["Last but one", "Last"]
    assert log.total_lines is not None
    assert log.total_lines > 2
    everything = await logs.newest("frigate", 10_000)
    assert len(everything.lines) == log.total_lines
    # Asked past the cache.
    frigate.log("Later still")
    assert (await logs.newest("frigate", 2)).lines[-1].endswith("Later still")


@EVERY_VERSION
async def test_passwords_in_logs_are_masked(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.log("Cannot open rtsp://viewer:s3cr3t@192.0.2.7:554/live")
    log = await client.logs.newest("frigate", 100)
    assert log.lines[-1].endswith("Cannot open rtsp://***@192.0.2.7:554/live")
    assert "s3cr3t" not in str(log)


@EVERY_VERSION
@pytest.mark.parametrize("service", LOG_SERVICES)
async def test_a_missing_log_is_not_found(
    frigate: FakeFrigate, client: FrigateClient, service: str
) -> None:
    setattr(frigate.state.journal, service, None)
    with pytest.raises(FrigateNotFoundError, match="Could not find log file"):
        await client.logs.newest(service, 5)
    setattr(frigate.state.journal, service, ["2026-11-23 16:23:33.2  [INF] started"])
    log = await client.logs.newest(service, 5)
    assert log == Log(1, ("2026-11-23 16:23:33.2  [INF] started",))


async def test_other_failures_stay_server_errors(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.fail("/api/logs", Fault.status(500), times=1)
    with pytest.raises(FrigateServerError, match="Internal Server Error"):
        await client.logs.newest("frigate", 5)
    frigate.fail("/api/logs", Fault.json({"lines": "none"}), times=1)
    with pytest.raises(FrigateDataError):
        await client.logs.newest("frigate", 5)
    assert (await client.logs.newest("frigate", 5)).lines


@EVERY_VERSION
async def test_a_viewer_may_not_read_logs_since_0_18(
    frigate: FakeFrigate, connect: Connect
) -> None:
    logs = connect(frigate.external_url, **VIEWER).logs
    if frigate.state.is_018:
        with pytest.raises(FrigateForbiddenError, match="Required: admin"):
            await logs.newest("nginx", 1)
    else:
        assert len((await logs.newest("nginx", 1)).lines) == 1


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("rtsp://user:pass@host:554/x", "rtsp://***@host:554/x"),
        ("RTSP://USER:PASS@host", "RTSP://***@host"),
        ("http://token@host/", "http://***@host/"),
        ("'rtsp://u:p@ss/w:o#r?d@h/x'", "'rtsp://***@h/x'"),
        ("rtsp://u:%40%2F@h/x", "rtsp://***@h/x"),
        ("rtsp://u:ñ\"'{}[]$@h/x", "rtsp://***@h/x"),
        ("rtsp://u:a://b@h/x", "rtsp://***@h/x"),
        ("rtsp://u:p@h#audio=aac", "rtsp://***@h#audio=aac"),
        ("ffmpeg:rtsp://u:p@h", "ffmpeg:rtsp://***@h"),
        (
            "a rtsp://u:p@h/1,rtsps://v:q@i/2 and rtmp://w:r@j/3",
            "a rtsp://***@h/1,rtsps://***@i/2 and rtmp://***@j/3",
        ),
        (
            "http://h/flv?user=admin&password=s3cr3t&x=1",
            "http://h/flv?user=admin&password=***&x=1",
        ),
        (
            "GET /api/ffprobe?paths=rtsp%3A%2F%2Fu%3As3cr3t%40h HTTP/1.1",
            "GET /api/ffprobe?paths=rtsp%3A%2F%2F***%40h HTTP/1.1",
        ),
        (
            "?u=rtsp%253a%252f%252fu%253Ap%2540h&x=1",
            "?u=rtsp%253a%252f%252f***%2540h&x=1",
        ),
        ("?u=rtsp%3A//u:p@h&v=http://w:q@i", "?u=rtsp%3A//***@h&v=http://***@i"),
        (r'{"path":"rtsp:\/\/u:p@h\/x"}', r'{"path":"rtsp:\/\/***@h\/x"}'),
        ("rtsp://u:two words@h/x", "rtsp://***@h/x"),
        ("rtsp://u: three more words@h/x", "rtsp://***@h/x"),
        ("rtsp://h:554 is gone, tell bob@example.com", None),
        (
            "rtsp://h:554/user=admin_password=s3cr3t_channel=1.sdp live",
            "rtsp://h:554/user=admin_password=*** live",
        ),
        (
            "?user%3Dadmin%26password%3Ds3cr3t HTTP",
            "?user%3Dadmin%26password%3D*** HTTP",
        ),
        ('{"password": "s3\\"cr3t", "x": 1}', '{"password": "***", "x": 1}'),
        ("input_value={'Password': 's3cr3t'}", "input_value={'Password': '***'}"),
        (r"{\"password\":\"s3cr3t\"}", r"{\"password\":\"***"),
        ("compass=12 http://h/?bypass=1", None),
        ("http://h:5000/x [http @ 0x55d0c]", "http://h:5000/x [http @ 0x55d0c]"),
        ("mail to bob@example.com about http://h/", None),
        ("GET /api/version HTTP/1.1", None),
        ("", None),
    ],
)
def test_users_and_passwords_in_a_line_are_masked(
    line: str, expected: str | None
) -> None:
    assert mask_line(line) == (line if expected is None else expected)


HOSTILE = (
    *("a://", "://", "rtsp://", "rtsp://u:", "rtsp%3A%2F%2F", "%3A%2F%2F", "%25"),
    *(
        "%40",
        ":\\\\",
        "a:",
        "://a:b ",
        "rtsp://a:b c d ",
        "password=",
        'password":"',
        " ",
    ),
)


@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize("end", ["", "@", "%40", " "])
def test_masking_a_hostile_line_is_fast(unit: str, end: str) -> None:
    # In quadratic time this would take longer than any test may.
    line = unit * (2**20 // len(unit)) + end
    assert len(_masked(line)) <= 2 * len(line)


async def test_a_log_of_hostile_lines_is_read(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.log(f'"GET /{"a://" * 2000} HTTP/1.1" 401')
    frigate.log("GET /rtsp://u:s3cr3t@h")
    log = await client.logs.newest("frigate", 2)
    assert "GET /a://" in log.lines[0]
    assert len(log.lines[0]) <= MAX_LINE_LENGTH
    assert log.lines[1].endswith("GET /rtsp://***@h")


@pytest.mark.parametrize("kept", range(8, 40))
@pytest.mark.parametrize("encode", [str, quote])
def test_a_long_line_is_cut_without_showing_half_a_password(
    kept: int, encode: Callable[[str], str]
) -> None:
    address = encode("rtsp://viewer:s3cr3t-pass@h/x")
    line = "x" * (MAX_LINE_LENGTH - kept - 1) + f" {address} " + "y" * 100
    found = mask_line(line)
    assert len(found) <= MAX_LINE_LENGTH
    assert found.endswith("…")
    assert "s3" not in found
    assert mask_line("x" * MAX_LINE_LENGTH) == "x" * MAX_LINE_LENGTH


def test_a_line_that_grows_by_masking_is_cut() -> None:
    assert len(mask_line("a://b@ " * 1000)) == MAX_LINE_LENGTH


def test_an_invalid_log_is_empty() -> None:
    log = Log.from_api({"totalLines": "many", "lines": ["a", 1, None]}, str)
    assert log == Log(None, ("a",))
