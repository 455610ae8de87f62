"""Removes secrets from texts that people show to others, such as diagnostics."""

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
        # User and password before a host, also without a scheme.
        (r"[^\s/@:\"']{1,100}:[^\s/@]{1,200}@", f"{MASK}@"),
        # The values of a query may be secrets.
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
    """Return a text with the given secrets, and all that looks like a secret, masked.

    It is cut to the length of a line of a log.
    """
    known = {form for one in secrets for form in (one, quote(one, safe=""))}
    text = mask_line(mask(text, known))
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text
