"""Texts without secrets, for files that people show to others."""

from collections.abc import Iterable
import re
from urllib.parse import quote

from .error_mapping import MASK, mask
from .logs import mask_line

_NAMES = (
    r"[\w-]{0,40}(?:passw|pwd|token|secret|credential|cookie|authorization|signature|"
    r"jwt|(?:api|access|private)[_-]?key)[\w-]{0,40}"
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        # A user and a password before a host, also without the address they belong to.
        (r"[^\s/@:\"']{1,100}:[^\s/@]{1,200}@", f"{MASK}@"),
        # What a query holds is for the server alone.
        (r"([?&][^=&\s#\"']{1,100}=)[^&\s#\"']+", rf"\g<1>{MASK}"),
        (r"\b(bearer|basic)\s+[\w.~+/=-]+", rf"\g<1> {MASK}"),
        (r"\beyJ[\w-]+\.[\w.-]+", MASK),
        (
            rf"({_NAMES}[\"']?\s?[=:]\s?)(?:\"[^\"]*\"|'[^']*'|[^\s,;]+)",
            rf"\g<1>{MASK}",
        ),
    )
)


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a text without the given secrets, and without all that looks like one.

    It is at most as long as a line of a log.
    """
    known = {form for one in secrets for form in (one, quote(one, safe=""))}
    text = mask_line(mask(text, known))
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text
