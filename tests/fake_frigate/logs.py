"""The routes of the logs: a part of a file, or all of it."""

from .accounts import admins_only
from .answers import Answer, failure, json_answer, text_answer, unprocessable
from .call import Call, int_params
from .route import route

_SERVICES = ("frigate", "nginx", "go2rtc")


def _message(line: str) -> str:
    """Return what a line says, without the date and Frigate's own stamp."""
    text = line.partition("  ")[2].strip()
    return text.partition("] ")[2] if text.startswith("[20") else text


def fold(lines: list[str]) -> list[str]:
    """Return the lines with one note in place of those that repeat the one before."""
    folded: list[str] = []
    last, stamp, repeats = "", "", 0
    for line in (*lines, ""):
        message = _message(line)
        if folded and line and message == last:
            repeats += 1
            continue
        if repeats:
            note = f"[LOGGING] Last message repeated {repeats} times"
            folded.append(f"{stamp}  {note}")
        if line:
            folded.append(line)
        last, stamp, repeats = message, line.partition("  ")[0], 0
    return folded


def logs_route(call: Call, service: str) -> Answer:
    """Answer with the lines between `start` and `end`, which may count from behind."""
    if call.state.is_018 and (refusal := admins_only(call)) is not None:
        return refusal
    numbers, errors = int_params(call, start=0, end=None)
    if errors:
        return unprocessable(errors)
    if service not in _SERVICES:
        return failure("Not a valid service", 404)
    if call.query.get("stream") == "true":
        return text_answer("The fake Frigate does not stream logs", 501)
    lines: list[str] | None = getattr(call.state.journal, service)
    if lines is None:
        return failure("Could not find log file", 500)
    if call.query.get("download"):
        return json_answer("".join(f"{line}\n" for line in lines))
    folded = fold(lines)
    part = folded[numbers["start"] : numbers["end"]]
    return json_answer({"totalLines": len(folded), "lines": list(part)})


ROUTES = (route("GET", "/logs/([^/]+)", logs_route),)
