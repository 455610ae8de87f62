"""Push notifications: the public key, and validated subscriptions."""

import base64
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
import pytest

from custom_components.frigate_http.aiofrigate import (
    FrigateArgumentError,
    FrigateBadRequestError,
    FrigateClient,
    FrigateDataError,
    FrigateHTMLError,
    PushSubscription,
    is_push_public_key,
)
from tests.common import PUSH_KEY
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.notifications import VAPID_KEY
from tests.versions import EVERY_VERSION

from .conftest import VIEWER, Connect, everything_of


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()


ENDPOINT = "https://push.example/send/abc?x=1"
PUBLIC_KEY = PUSH_KEY
SECRET = base64url(bytes(range(16))).rstrip("=")


def subscription(**parts: str) -> PushSubscription:
    good = {"endpoint": ENDPOINT, "p256dh": PUBLIC_KEY, "auth": SECRET}
    return PushSubscription(**good | parts)


@EVERY_VERSION
async def test_the_public_key_is_returned(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    assert await client.notifications.public_key() == VAPID_KEY
    frigate.state.notifications = False
    with pytest.raises(FrigateBadRequestError, match="not enabled"):
        await client.notifications.public_key()
    frigate.fail("/api/notifications", Fault.json({"key": 1}), times=1)
    with pytest.raises(FrigateDataError):
        await client.notifications.public_key()


@EVERY_VERSION
@pytest.mark.parametrize("padding", ["", "="])
async def test_a_subscription_is_registered(
    frigate: FakeFrigate, connect: Connect, padding: str
) -> None:
    client = connect(frigate.external_url, **VIEWER)
    await client.notifications.register(subscription(p256dh=PUBLIC_KEY + padding))
    kept: list[Any] = [
        {
            "endpoint": ENDPOINT,
            "expirationTime": None,
            "keys": {"p256dh": PUBLIC_KEY, "auth": SECRET},
        }
    ]
    assert frigate.state.users["viewer1"].subscriptions == kept
    frigate.restart()
    assert not frigate.state.starting


async def test_an_html_page_is_not_a_success_of_a_registration(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(frigate.external_url, **VIEWER)
    frigate.fail("/api/notifications", Fault.html(), times=1)
    with pytest.raises(FrigateHTMLError):
        await client.notifications.register(subscription())
    await client.notifications.register(subscription())
    assert len(frigate.state.users["viewer1"].subscriptions) == 1


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("endpoint", ""),
        ("endpoint", "push.example"),
        ("endpoint", "http://push.example/x"),
        ("endpoint", "https:///x"),
        ("endpoint", "https://user:secret@push.example/"),
        ("endpoint", "https://@push.example/"),
        ("endpoint", "https://push.example:port/"),
        ("endpoint", "https://[::1/"),
        ("endpoint", "https://push.example/a b"),
        ("endpoint", "https://push.example/\n"),
        ("endpoint", "https://push.example/\\x"),
        ("endpoint", "https://pûsh.example/"),
        ("endpoint", "https://push.example/" + "x" * 2048),
        ("p256dh", ""),
        ("p256dh", PUBLIC_KEY[:-2]),
        ("p256dh", PUBLIC_KEY + "AA"),
        ("p256dh", PUBLIC_KEY + "A"),
        ("p256dh", PUBLIC_KEY + "==="),
        ("p256dh", PUBLIC_KEY[:-1] + "+"),
        ("p256dh", base64url(b"\x02" + bytes(64))),
        ("p256dh", base64url(b"\x04" + bytes(64))),
        ("p256dh", base64url(b"\x04" + bytes(range(64)))),
        ("p256dh", base64url(b"\x04" + b"\xff" * 64)),
        ("auth", SECRET[:-2]),
        ("auth", SECRET + "AA"),
        ("auth", base64url(bytes(17))),
        ("auth", "not base64url!"),
    ],
)
def test_an_invalid_subscription_is_refused(part: str, value: str) -> None:
    with pytest.raises(FrigateArgumentError, match="not a push subscription") as caught:
        subscription(**{part: value})
    assert SECRET not in everything_of(caught.value)


def is_point(content: bytes) -> bool:
    """Return whether a library for cryptography takes this for a point of P-256."""
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), content)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("number", [1, 2, 3, 2**128 + 1, 2**255 + 12345])
def test_keys_are_points_of_the_curve(number: int) -> None:
    public = derive_private_key(number, SECP256R1()).public_key()
    key = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    assert is_push_public_key(base64url(key))
    x, y = int.from_bytes(key[1:33]), int.from_bytes(key[33:])
    prime = 2**256 - 2**224 + 2**192 + 2**96 - 1
    for other in ((x, y ^ 1), (x ^ 1, y), (y, x), (x, prime - y), (x, 0)):
        content = b"\x04" + b"".join(one.to_bytes(32) for one in other)
        assert is_push_public_key(base64url(content)) is is_point(content)


def test_repr_of_a_subscription_contains_no_secret() -> None:
    assert repr(subscription()) == "PushSubscription()"
