"""A real HTTP server that answers as Frigate 0.17 and 0.18 do, quirks included.

It stands for nginx and for the backend behind it. The tests run against it over loopback, and
`python -m tests.fake_frigate` runs it by hand.
"""

from .certificates import certificate_for
from .faults import Fault
from .forwarder import Forwarder
from .proxy import FrontProxy
from .requests import Request
from .server import FakeFrigate
from .settings import Ptz, Zone
from .state import Camera, ServerState, User, WrongClock

__all__ = [
    "Camera",
    "FakeFrigate",
    "Fault",
    "Forwarder",
    "FrontProxy",
    "Ptz",
    "Request",
    "ServerState",
    "User",
    "WrongClock",
    "Zone",
    "certificate_for",
]
