"""A real Home Assistant that shows the integration, and a check that watches it."""

from pathlib import Path

DOMAIN = "frigate_http"
ROOT = Path(__file__).resolve().parents[2]


class DemoError(Exception):
    """Something the demo needs did not happen; the message says what to do."""


def say(text: str = "") -> None:
    """Print a line for the person at the terminal."""
    print(text, flush=True)
