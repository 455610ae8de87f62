"""The states of recordings and events in which the real servers gave clips of both."""

from pathlib import Path
from typing import Any

from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.database import Review

from .states_events import prepare_events
from .states_footage import prepare_footage

_EVENTS = {
    "recordings and events": "events",
    "recordings and events after the upgrade": "events after the upgrade",
}
# Items that no recorded list shows; one of them goes on.
_ITEMS = {"1795454385.614891-ehosre": 12.0, "1795454412.325965-arsdtw": None}


def prepare_clips(
    server: FakeFrigate, state: str, request: dict[str, Any], fixtures: Path
) -> None:
    """Let there be the recordings, and what happened before them."""
    if state in _EVENTS:
        prepare_events(server, _EVENTS[state], fixtures)
        prepare_footage(server, "recordings, no exports", request)
    if state == "recordings and items to review":
        prepare_footage(server, "recordings, no exports", request)
        for name, seconds in _ITEMS.items():
            start = float(name.partition("-")[0])
            end = None if seconds is None else start + seconds
            item = Review(name, "front_door", "alert", start, end, {})
            server.state.database.reviews[name] = item
