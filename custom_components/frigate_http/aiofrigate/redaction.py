"""The only place that masks secrets in logs, errors, addresses and diagnostics."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
import html
from ipaddress import ip_address
import json
import re
from urllib.parse import quote, quote_plus, unquote

from yarl import URL

MASK = "***"

type Mask = Callable[[str], str]
"""Returns a text with secrets masked."""

MAX_LINE_LENGTH = 4000
"""Longer lines are cut: anybody can write long ones into nginx's log."""
_MIN_SECRET_LENGTH = 4
_MIN_PATH_TOKEN_LENGTH = 12

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
_SENSITIVE_KEYS = (
    r"[\w-]{0,40}(?:passw|pwd|token|secret|credential|cookie|authorization|signature|"
    r"jwt|(?:api|access|private)[_-]?key)[\w-]{0,40}"
)
_SECRET_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        # User and password before a host, also without a scheme.
        (r"[^\s/@:\"']{1,100}:[^\s/@]{1,200}@", f"{MASK}@"),
        # The values of a query may be secrets.
        (r"([?&][^=&\s#\"']{1,100}=)[^&\s#\"']+", rf"\g<1>{MASK}"),
        (r"\b(bearer|basic)\s+[\w.~+/=-]+", rf"\g<1> {MASK}"),
        (r"\beyJ[\w-]+\.[\w.-]+", MASK),
        (
            rf"({_SENSITIVE_KEYS}[\"']?\s?[=:]\s?)(?:\"[^\"]*\"|'[^']*'|[^\s,;]+)",
            rf"\g<1>{MASK}",
        ),
    )
)
_PRIVATE_SUFFIXES = (
    "arpa",
    "corp",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "private",
    "test",
    # Names that a FRITZ!Box and Tailscale give in a private network.
    "fritz.box",
    "ts.net",
)


class SecretMask:
    """Masks known secrets in a text, in every form in which a server may repeat them.

    Upper and lower case are the same. A form is the secret itself, percent-encoded,
    escaped as in JSON or HTML, or in Base64; what is encoded in part or twice is found by
    decoding the text. Secrets of less than four characters are left alone: they occur in
    every text.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        """Prepare the forms of the secrets."""
        self.secrets = tuple(secrets)
        forms = {
            lowered
            for secret in self.secrets
            if len(secret) >= _MIN_SECRET_LENGTH
            for form in _forms(secret)
            for lowered in (form.lower(), form.upper().lower())
        }
        # The longest first, because one secret may be a part of another.
        self._forms = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return the text with secrets masked, decoded if that reveals one."""
        text = self._masked(text)
        decoded = text
        for _layer in range(_MAX_LAYERS):
            for decode in _DECODERS:
                decoded = decode(decoded)
                if (masked := self._masked(decoded)) != decoded:
                    text = decoded = masked
        return text

    def _masked(self, text: str) -> str:
        # Searching for each form costs much less than one pattern of all of them.
        lowered = text.lower()
        found = [form for form in self._forms if form in lowered]
        if not found:
            return text
        pattern = "|".join(map(re.escape, found))
        masked = re.sub(pattern, MASK, text, flags=re.IGNORECASE)
        # A few letters have a lower case that patterns do not know.
        is_left = any(form in masked.lower() for form in found)
        return MASK if is_left else masked


def _forms(secret: str) -> Iterator[str]:
    yield secret
    # As a browser and our own messages show it on one line.
    yield " ".join(secret.split())
    with suppress(UnicodeEncodeError):
        # Old servers do not write UTF-8.
        yield quote(secret.encode("latin-1"), safe="")
    raw = secret.encode("utf-8", "surrogatepass")
    yield from (quote(raw, safe=""), quote(raw), quote_plus(raw))
    for is_ascii in (True, False):
        escaped = json.dumps(secret, ensure_ascii=is_ascii)[1:-1]
        yield from (escaped, escaped.replace("/", "\\/"))
    yield html.escape(secret)
    for encoded in (b64encode(raw), urlsafe_b64encode(raw)):
        yield encoded.decode().rstrip("=")


def _without_escapes(text: str) -> str:
    """Return a text with the escapes of JSON strings resolved, as far as they are valid."""
    if "\\" not in text:
        return text
    text = _ESCAPE.sub(lambda one: chr(int(one[1], 16)) if one[1] else one[2], text)
    # Two escapes may stand for one letter; half of one is none.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


_ESCAPE = re.compile(r"\\u([0-9a-f]{4})|\\([^u])", re.IGNORECASE)
_DECODERS = (unquote, html.unescape, _without_escapes)
_MAX_LAYERS = 3


def redact(text: str) -> str:
    """Return a text with everything that looks like a secret masked.

    It is cut to the length of a line of a log.
    """
    text = mask_line(text)
    for pattern, replacement in _SECRET_PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def mask_url(url: str) -> str:
    """Return a URL without user, password, query, public host and tokens in its path.

    A long part of a path may be a token, as in the URLs of Home Assistant's Ingress.
    """
    parsed = URL(url)
    host = parsed.host or ""
    port = "" if parsed.explicit_port is None else f":{parsed.explicit_port}"
    shown = MASK if is_public(host) else f"[{host}]" if ":" in host else host
    path = "/".join(
        MASK if len(part) >= _MIN_PATH_TOKEN_LENGTH else part
        for part in parsed.path.rstrip("/").split("/")
    )
    return f"{parsed.scheme}://{shown}{port}{path}"


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


def is_public(host: str) -> bool:
    """Return whether a host is an address or a name of the public internet.

    The name is not looked up: its suffix tells what it was meant for.
    """
    try:
        return ip_address(host.strip("[]")).is_global
    except ValueError:
        pass
    name = f".{host.rstrip('.').lower()}"
    return "." in name[1:] and not name.endswith(
        tuple(f".{suffix}" for suffix in _PRIVATE_SUFFIXES)
    )
