"""Push notifications."""

import base64
from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from tests.common import PUSH_KEY
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.notifications import VAPID_KEY
from tests.services.common import (
    INVALID,
    call,
    commands,
    person,
    reason,
    set_up_admin,
    set_up_viewer,
)
from tests.versions import EVERY_VERSION


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()


PUBLIC_KEY = PUSH_KEY + "="
SECRET = base64url(bytes(range(16)))
GOOD: dict[str, Any] = {
    "endpoint": "https://push.example/send/abc",
    "p256dh": PUBLIC_KEY,
    "auth": SECRET,
}
KEPT = {
    "endpoint": GOOD["endpoint"],
    "expirationTime": None,
    "keys": {"p256dh": PUBLIC_KEY.rstrip("="), "auth": SECRET.rstrip("=")},
}


@EVERY_VERSION
async def test_get_push_public_key(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_viewer(hass, frigate)
    context = await person(hass, is_admin=False)
    answer = await call(hass, "get_push_public_key", context)
    assert answer == {"public_key": VAPID_KEY}


@EVERY_VERSION
async def test_notifications_that_are_not_enabled(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.state.notifications = False
    with pytest.raises(HomeAssistantError, match="Notifications are not enabled"):
        await call(hass, "get_push_public_key")
    frigate.state.notifications = True
    assert await call(hass, "get_push_public_key") == {"public_key": VAPID_KEY}


@EVERY_VERSION
async def test_register_push_subscription(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_viewer(hass, frigate)
    answer = await call(hass, "register_push_subscription", **GOOD)
    assert answer == {"username": "viewer1"}
    assert frigate.state.users["viewer1"].subscriptions == [KEPT]
    frigate.restart()
    assert not frigate.state.starting


@EVERY_VERSION
async def test_anonymous_access_cannot_subscribe(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    frigate.clear_requests()
    with pytest.raises(ServiceValidationError, match="need a Frigate account"):
        await call(hass, "register_push_subscription", **GOOD)
    assert frigate.requests == []


@EVERY_VERSION
async def test_the_account_is_unknown_without_authentication(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.state.auth = False
    await set_up(hass, make_entry(frigate.external_url))
    # This is what Frigate calls everybody then, and not for whom it keeps anything.
    assert (await call(hass, "get_status"))["user"] == "viewer"
    answer = await call(hass, "register_push_subscription", **GOOD)
    assert answer == {"username": None}
    assert frigate.state.users["admin"].subscriptions == [KEPT]
    del frigate.state.users["admin"]
    assert await call(hass, "register_push_subscription", **GOOD) == {"username": None}


async def test_subscribing_needs_an_administrator(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    context = await person(hass, is_admin=False)
    with pytest.raises(Unauthorized):
        await call(hass, "register_push_subscription", context, **GOOD)
    assert not commands(frigate)
    context = await person(hass, is_admin=True)
    answer = await call(hass, "register_push_subscription", context, **GOOD)
    assert answer == {"username": "admin"}


@pytest.mark.parametrize(
    ("field", "value", "key"),
    [
        ("endpoint", "http://push.example/", "bad_subscription"),
        ("endpoint", "https://u:p@push.example/", "bad_subscription"),
        ("endpoint", "https://push.example/" + "x" * 10_000_000, "field endpoint"),
        ("endpoint", "https://push.example/\r\nX: y", "field endpoint"),
        ("endpoint", {"url": "https://push.example/"}, "field endpoint"),
        ("p256dh", "garbage", "bad_subscription"),
        ("p256dh", PUBLIC_KEY[4:], "bad_subscription"),
        # As long as a point of the curve, and none.
        ("p256dh", base64url(b"\x04" + bytes(range(64))), "bad_subscription"),
        ("p256dh", "", "field p256dh"),
        ("auth", PUBLIC_KEY, "bad_subscription"),
        ("auth", 1234567890123456, "bad_subscription"),
        ("auth", None, "field auth"),
    ],
)
async def test_invalid_subscriptions(
    hass: HomeAssistant, frigate: FakeFrigate, field: str, value: Any, key: str
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    with pytest.raises(INVALID, match=field) as caught:
        await call(hass, "register_push_subscription", **GOOD | {field: value})
    assert reason(caught.value) == key
    assert frigate.requests == []


async def test_a_subscription_is_sent_once(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    frigate.fail("/api/notifications/register", Fault.drop_body(), times=1)
    with pytest.raises(HomeAssistantError, match="may have been carried out"):
        await call(hass, "register_push_subscription", **GOOD)
    assert len(commands(frigate)) == 1
    await call(hass, "register_push_subscription", **GOOD)
    assert frigate.state.users["admin"].subscriptions[-1] == KEPT
