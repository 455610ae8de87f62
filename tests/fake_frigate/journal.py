"""What the server keeps of its logs."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

_START = 1795451013.2
_MODULE_WIDTH = 30
_FRIGATE = (
    ("frigate.util.config", "INFO", "Checking if frigate config needs migration..."),
    ("frigate.util.config", "INFO", "frigate config does not need migration..."),
    ("frigate.app", "INFO", "Starting Frigate (0.17.2-3d4dd3a)"),
    ("frigate.app", "INFO", "Creating directory: /tmp/cache"),
    ("frigate.record.maintainer", "WARNING", "Unable to keep up with recordings"),
    ("frigate.record.maintainer", "WARNING", "Unable to keep up with recordings"),
    ("frigate.record.maintainer", "WARNING", "Unable to keep up with recordings"),
    (
        "ffmpeg.front_door.detect",
        "ERROR",
        "rtsp://viewer:s3cr3t@192.0.2.7:554/live: Connection refused",
    ),
)
_NGINX = (
    '"GET /api/version HTTP/1.1" 200 14 "-" "-" "-"',
    '"GET /api/stats HTTP/1.1" 200 2104 "-" "-" "-"',
    '"POST /api/login HTTP/1.1" 401 26 "-" "-" "-"',
)


def frigate_line(moment: float, module: str, level: str, message: str) -> str:
    """Return a line of Frigate's own log; `moment` is in seconds since the epoch."""
    date = datetime.fromtimestamp(moment, UTC)
    head = f"{date:%Y-%m-%d %H:%M:%S.%f}000  [{date:%Y-%m-%d %H:%M:%S}]"
    return f"{head} {module:{_MODULE_WIDTH}} {level:8}: {message}"


def _nginx_line(moment: float, request: str) -> str:
    date = datetime.fromtimestamp(moment, UTC)
    head = f"{date:%Y-%m-%d %H:%M:%S.%f}000  127.0.0.1 - - [{date:%d/%b/%Y:%H:%M:%S}"
    return f'{head} +0000] {request} request_time="0.008"'


def _frigate() -> list[str]:
    return [frigate_line(_START + n, *each) for n, each in enumerate(_FRIGATE)]


def _nginx() -> list[str]:
    return [_nginx_line(_START + n, each) for n, each in enumerate(_NGINX)]


@dataclass
class Journal:
    """The lines on the disk; None where a file was never written."""

    frigate: list[str] | None = field(default_factory=_frigate)
    nginx: list[str] | None = field(default_factory=_nginx)
    go2rtc: list[str] | None = None
