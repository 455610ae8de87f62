"""The logs of Frigate, nginx and go2rtc, without passwords."""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Any, Self

from .error_mapping import MASK
from .errors import FrigateDataError, FrigateNotFoundError, FrigateServerError
from .parsing import as_int, as_strings
from .resource import Resource
from .routes import route

SERVICES = ("frigate", "nginx", "go2rtc")
"""The services that have a log."""

MAX_LINE_LENGTH = 4000
"""Longer lines are cut: anybody can write long ones into nginx's log."""

_NO_FILE = "Could not find log file"
_SCHEMES = (
    "rtsps?|rtspx|rtmps?|https?|wss?|srt|tcp|udp|rtp|mqtts?|ftp|onvif|ffmpeg|webrtc"
)
# The :// of a URL, also escaped as in JSON or in the query of another URL.
_SEPARATOR = r"(?::|%(?:25){0,3}3A)(?:\\{0,4}/|%(?:25){0,3}2F){2}"
_WORD = re.compile(r"\S+")
_BEGINNING = re.compile(_SEPARATOR, re.IGNORECASE)
_NEXT_ADDRESS = re.compile(rf"(?=(?:{_SCHEMES}){_SEPARATOR})", re.IGNORECASE)
_ENCODED_ATS = ("@", "%40", "%2540", "%252540", "%25252540")
# A user and a password that contains spaces; a port is not a password.
_BLANKS_INSIDE = re.compile(
    r"(?<=://)[^\s/@:]{1,100}:(?!\d{1,5}\s)[^\s/@]{0,100}(?: [^\s/@]{1,100}){1,3}(?=@)"
)
_PARAMETER_NAME = re.compile(r"pass|pwd", re.IGNORECASE)
_PARAMETER = re.compile(
    r"(?<![a-z])((?:password|passwd|pass|pwd)(?:=|%(?:25){0,3}3D))[^&\s\"']+",
    re.IGNORECASE,
)
# If the quotes are escaped twice, this also masks the rest of the line.
_PROPERTY = re.compile(
    r"(?<![a-z])((?:password|passwd|pass|pwd)(\\?[\"'])\s{0,3}:\s{0,3}\2)"
    r"(?:[^\"'\\]|\\.)+",
    re.IGNORECASE,
)


def mask_line(line: str) -> str:
    """Return a line of a log with users and passwords masked, cut if it is very long.

    The time is proportional to the length of the line, whatever it contains.
    """
    if len(line) <= MAX_LINE_LENGTH:
        return _masked(line)
    # Cut as if a URL ended with @ here, because that marks half a password as one.
    beginning = _masked(f"{line[: MAX_LINE_LENGTH - 1]}@").removesuffix("@")
    return f"{beginning[: MAX_LINE_LENGTH - 1]}…"


def _masked(line: str) -> str:
    if "//" in line or "\\/" in line or "%" in line:
        line = _WORD.sub(_masked_word, _BLANKS_INSIDE.sub(MASK, line))
    if _PARAMETER_NAME.search(line):
        line = _PARAMETER.sub(rf"\g<1>{MASK}", line)
        line = _PROPERTY.sub(rf"\g<1>{MASK}", line)
    return line


def _masked_word(word: re.Match[str]) -> str:
    return "".join(map(_masked_address, _NEXT_ADDRESS.split(word[0])))


def _masked_address(text: str) -> str:
    """Return a URL with everything before its last @ masked.

    A password may contain : / and @, so the last @ counts.
    """
    if (beginning := _BEGINNING.search(text)) is None:
        return text
    ats = _ENCODED_ATS if "%" in beginning[0] else ("@",)
    end = max(map(text.rfind, ats))
    if end < beginning.end():
        return text
    return f"{text[: beginning.end()]}{MASK}{text[end:]}"


@dataclass(frozen=True, slots=True)
class Log:
    """A part of a log."""

    total_lines: int | None
    """Number of lines of the whole log."""
    lines: tuple[str, ...]
    """The oldest first, without passwords; very long ones are cut."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read `{"totalLines", "lines": [...]}`."""
        lines = as_strings(data.get("lines"))
        return cls(as_int(data.get("totalLines")), tuple(map(mask_line, lines)))


class Logs(Resource):
    """The logs; since 0.18 for administrators only."""

    async def newest(self, service: str, lines: int) -> Log:
        """Return the last lines of a log (`GET /api/logs/{service}`).

        Args:
            service: one of `SERVICES`.
            lines: maximum number of lines.

        Raises:
            FrigateNotFoundError: there is no such log, or it is empty.
            FrigateForbiddenError: the account may not read logs.
            FrigateDataError: the answer is not a log.
        """
        target = route("/api/logs/{service}", service=service)
        try:
            answer = await self._transport.request(
                "GET", target, query={"start": -lines}, fresh=True
            )
        except FrigateServerError as err:
            if err.message == _NO_FILE:
                raise FrigateNotFoundError(err.message, err.status) from err
            raise
        data = answer.json(dict)
        if not isinstance(data.get("lines"), list):
            raise FrigateDataError("This is not a log", answer.status)
        return Log.from_api(data)
