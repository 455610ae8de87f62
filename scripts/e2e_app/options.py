"""What the person asked for on the command line."""

import argparse
from dataclasses import dataclass

from .texts import LANGUAGES


@dataclass(frozen=True, kw_only=True)
class Options:
    """The command line, understood."""

    languages: tuple[str, ...]
    screenshots: bool


def parse_options(arguments: list[str] | None = None) -> Options:
    """Read the command line; leave with a usage message when it makes no sense."""
    parser = argparse.ArgumentParser(
        prog="scripts/e2e",
        description="Use the integration in a real Home Assistant with a real browser.",
    )
    parser.add_argument(
        "--language",
        choices=LANGUAGES,
        help="only in this language (default: one after the other in all)",
    )
    parser.add_argument(
        "--screenshots",
        action="store_true",
        help="write the README's pictures into docs/images, in English",
    )
    parsed = parser.parse_args(arguments)
    if parsed.screenshots and parsed.language not in (None, "en"):
        parser.error("--screenshots are taken in English")
    chosen = LANGUAGES if parsed.language is None else (parsed.language,)
    return Options(languages=chosen, screenshots=parsed.screenshots)
