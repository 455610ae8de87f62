"""Push notifications, which Frigate sends to browsers that subscribed (Web Push)."""

import base64
from dataclasses import dataclass, field
import re
from urllib.parse import urlsplit

from .errors import FrigateArgumentError
from .parsing import as_name
from .resource import Resource

MAX_ENDPOINT_LENGTH = 2048
_POINT = (65, b"\x04")
"""Length in bytes and prefix of an uncompressed public key."""
_SECRET = (16, b"")
_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8_AA3A93E7_B3EBBD55_769886BC_651D06B0_CC53B0F6_3BCE3C3E_27D2604B
"""The curve P-256 is y² = x³ - 3x + b, modulo this prime."""
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+={0,2}", re.ASCII)
_PRINTABLE = re.compile(r"[!-~]+", re.ASCII)


def is_push_endpoint(url: str) -> bool:
    """Return whether this can be the URL of a push service."""
    if len(url) > MAX_ENDPOINT_LENGTH or not _PRINTABLE.fullmatch(url) or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
        # Host and port are parsed on access, and raise if they are invalid.
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme == "https" and bool(host) and "@" not in parts.netloc


def is_push_public_key(text: str) -> bool:
    """Return whether this can be the `p256dh` of a subscription."""
    point = _decoded(text, *_POINT)
    if point is None:
        return False
    x, y = int.from_bytes(point[1:33]), int.from_bytes(point[33:])
    return max(x, y) < _PRIME and (y * y - x**3 + 3 * x - _B) % _PRIME == 0


def is_push_secret(text: str) -> bool:
    """Return whether this can be the `auth` of a subscription."""
    return _decoded(text, *_SECRET) is not None


def _decoded(text: str, length: int, beginning: bytes) -> bytes | None:
    """Return the content of base64url; None if it has another length or beginning."""
    if not _BASE64URL.fullmatch(text):
        return None
    bare = text.rstrip("=")
    try:
        content = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except ValueError:
        return None
    is_good = len(content) == length and content.startswith(beginning)
    return content if is_good else None


@dataclass(frozen=True, slots=True)
class PushSubscription:
    """A subscription of a browser: where to send notifications, and how to encrypt them."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    """Public key of the browser, in base64url."""
    auth: str = field(repr=False)
    """Shared secret, in base64url."""

    def __post_init__(self) -> None:
        """Validate all parts: Frigate stores any, and then fails at every notification.

        Raises:
            FrigateArgumentError: one of the parts is malformed.
        """
        if not (
            is_push_endpoint(self.endpoint)
            and is_push_public_key(self.p256dh)
            and is_push_secret(self.auth)
        ):
            raise FrigateArgumentError("This is not a push subscription")


class Notifications(Resource):
    """The server's key for push notifications, and subscriptions to them."""

    async def public_key(self) -> str:
        """Return the VAPID public key, in base64url (`GET /api/notifications/pubkey`).

        Raises:
            FrigateBadRequestError: notifications are not enabled.
            FrigateDataError: the answer is not a key.
        """
        answer = await self._transport.request(
            "GET", "/api/notifications/pubkey", fresh=True
        )
        return answer.required(as_name(answer.json(str)), "This is not a key")

    async def register(self, subscription: PushSubscription) -> None:
        """Subscribe for the account in use (`POST /api/notifications/register`).

        On port 5000 there is no account: Frigate reports success and stores nothing.
        """
        keys = {
            "p256dh": subscription.p256dh.rstrip("="),
            "auth": subscription.auth.rstrip("="),
        }
        sub = {"endpoint": subscription.endpoint, "expirationTime": None, "keys": keys}
        answer = await self._transport.request(
            "POST", "/api/notifications/register", data={"sub": sub}
        )
        answer.refuse_html()
