"""Logs: the newest lines, who may read them, and what is taken out of them."""

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
from custom_components.frigate_http.aiofrigate.logs import masked
from tests.fake_frigate import FakeFrigate, Fault

from .conftest import ADMIN, BOTH, VIEWER, Connect


@BOTH
async def test_newest_lines(frigate: FakeFrigate, connect: Connect) -> None:
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


@BOTH
async def test_passwords_stay_out(frigate: FakeFrigate, client: FrigateClient) -> None:
    frigate.log("Cannot open rtsp://viewer:s3cr3t@192.0.2.7:554/live")
    log = await client.logs.newest("frigate", 100)
    assert log.lines[-1].endswith("Cannot open rtsp://***@192.0.2.7:554/live")
    assert "s3cr3t" not in str(log)


@BOTH
@pytest.mark.parametrize("service", LOG_SERVICES)
async def test_a_log_that_was_never_written(
    frigate: FakeFrigate, client: FrigateClient, service: str
) -> None:
    setattr(frigate.state.journal, service, None)
    with pytest.raises(FrigateNotFoundError, match="Could not find log file"):
        await client.logs.newest(service, 5)
    setattr(frigate.state.journal, service, ["2026-11-23 16:23:33.2  [INF] started"])
    log = await client.logs.newest(service, 5)
    assert log == Log(1, ("2026-11-23 16:23:33.2  [INF] started",))


async def test_other_failures_are_told_as_they_are(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.fail("/api/logs", Fault.status(500), times=1)
    with pytest.raises(FrigateServerError, match="Internal Server Error"):
        await client.logs.newest("frigate", 5)
    frigate.fail("/api/logs", Fault.json({"lines": "none"}), times=1)
    with pytest.raises(FrigateDataError):
        await client.logs.newest("frigate", 5)
    assert (await client.logs.newest("frigate", 5)).lines


@BOTH
async def test_a_viewer(frigate: FakeFrigate, connect: Connect) -> None:
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
        ("http://h:5000/x [http @ 0x55d0c]", "http://h:5000/x [http @ 0x55d0c]"),
        ("mail to bob@example.com about http://h/", None),
        ("GET /api/version HTTP/1.1", None),
        ("", None),
    ],
)
def test_masking(line: str, expected: str | None) -> None:
    assert masked(line) == (line if expected is None else expected)


def test_an_odd_log() -> None:
    log = Log.from_api({"totalLines": "many", "lines": ["a", 1, None]})
    assert log == Log(None, ("a",))
