"""Each way in which a server refuses, over what people administer it with.

A query and a command of each group that is for administrators or for everybody: which
error it becomes, that it has the server's words and none of our secrets, and that the
next call works.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from tests.common import ADMIN, PUSH_KEY, reauths, sent
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import (
    ADMIN_ONLY,
    failure,
    invalid,
    nginx_page,
    unprocessable,
)
from tests.services.common import call, set_up_admin

SECRET = "guest-password-1"
KEY = PUSH_KEY
AUTH = "c2VjcmV0LXNlY3JldC0xNg"


@dataclass(frozen=True)
class Case:
    """An action, and the request that it stands or falls with."""

    action: str
    path: str
    data: dict[str, Any] = field(default_factory=dict)
    method: str = "GET"
    keys: dict[str, str] = field(default_factory=dict)
    """Errors that it explains in its own way."""
    hides: frozenset[str] = frozenset()
    """Those whose own text says more than the server's words."""

    @property
    def is_query(self) -> bool:
        """Return whether it changes nothing."""
        return self.method == "GET"


CASES = (
    Case("get_users", "/api/users"),
    Case(
        "create_user",
        "/api/users$",
        {"username": "guest", "password": SECRET},
        "POST",
    ),
    Case("delete_user", "/api/users/viewer1", {"username": "viewer1"}, "DELETE"),
    Case(
        "set_user_password",
        "/api/users/viewer1/password",
        {"username": "viewer1", "password": SECRET, "current_password": SECRET[::-1]},
        "PUT",
        {"not_found": "not_known"},
        frozenset({"not_known"}),
    ),
    Case(
        "set_user_role",
        "/api/users/viewer1/role",
        {"username": "viewer1", "role": "gate"},
        "PUT",
    ),
    Case("get_faces", "/api/faces$"),
    Case("create_face", "/api/faces/Bea/create", {"name": "Bea"}, "POST"),
    Case("delete_face", "/api/faces/Eileen/delete", {"name": "Eileen"}, "POST"),
    Case(
        "rename_face",
        "/api/faces/Eileen/rename",
        {"name": "Eileen", "new_name": "Bea"},
        "PUT",
    ),
    Case(
        "get_logs",
        "/api/logs/nginx",
        {"log": "nginx"},
        keys={"not_found": "no_log"},
        hides=frozenset({"no_log"}),
    ),
    Case("get_config_schema", "/api/config/schema.json"),
    Case("get_push_public_key", "/api/notifications/pubkey"),
    Case(
        "register_push_subscription",
        "/api/notifications/register",
        {"endpoint": f"https://push.example/{SECRET}", "p256dh": KEY, "auth": AUTH},
        "POST",
    ),
)
SECRETS = (SECRET, SECRET[::-1], ADMIN["password"], KEY, AUTH)


def echo() -> Fault:
    """Return a 422, which repeats what was sent."""
    sent_body = {"password": SECRET, "old_password": SECRET[::-1], "auth": AUTH}
    problem = invalid("missing", ["body", "role"], "Field required", sent_body)
    return Fault("answer", unprocessable([problem]))


REFUSALS: dict[str, tuple[Fault, str, str]] = {
    "401": (Fault.status(401), "invalid_auth", "401 Authorization Required"),
    "403": (Fault.status(403), "forbidden", ADMIN_ONLY.rstrip(".")),
    "404": (Fault.status(404), "not_found", "Not Found"),
    "409": (Fault("answer", failure("It is so.", 409)), "bad_request", "It is so"),
    "413": (Fault.status(413), "unknown", "413 Request Entity Too Large"),
    "422": (echo(), "bad_request", "body.role: Field required"),
    "429": (Fault.status(429), "rate_limited", "Rate limit exceeded: 5 per 1 minute"),
    "500": (Fault.status(500), "server_error", "Internal Server Error"),
    "500-nginx": (
        Fault("answer", nginx_page(500)),
        "starting",
        "500 Internal Server Error",
    ),
    "502": (Fault.status(502), "starting", "502 Bad Gateway"),
    "503": (Fault.status(503), "starting", "Export queue is full"),
    "504": (Fault.status(504), "server_error", "504 Gateway Time-out"),
    "redirect": (
        Fault.redirect(f"https://login.example/in?token={SECRET}"),
        "login_redirect",
        "redirects to https://login.example/in",
    ),
    "page": (Fault.html(), "not_frigate", "A web page instead of data: Frigate"),
}
UNKNOWN_OUTCOMES = {"502", "504"}


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.action)
async def test_a_refusal(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    caplog: pytest.LogCaptureFixture,
    case: Case,
    refusal: str,
) -> None:
    caplog.set_level("DEBUG")
    frigate.add_face("Eileen", 1)
    await set_up_admin(hass, frigate)
    fault, key, words = REFUSALS[refusal]
    if not case.is_query and refusal in UNKNOWN_OUTCOMES:
        key = "outcome_unknown"
    key = case.keys.get(key, key)
    frigate.fail(case.path, fault, method=case.method)
    frigate.clear_requests()

    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, case.action, **case.data)
    shown = str(caught.value)
    assert caught.value.translation_key == key
    assert isinstance(caught.value, ServiceValidationError) is (key == "not_known")
    assert words in shown or key in case.hides
    for secret in SECRETS:
        assert secret not in shown
        assert secret not in caplog.text
    attempts = [one.method for one in sent(frigate, case.path.rstrip("$"))]
    await hass.async_block_till_done()
    assert len(reauths(hass)) == (key in {"invalid_auth", "login_redirect"})
    # Once, but for a query that may find the server up again, and for a lost session.
    is_repeated = key == "invalid_auth" or (case.is_query and key == "starting")
    assert attempts.count(case.method) == (2 if is_repeated else 1)

    frigate.clear_faults()
    await call(hass, case.action, **case.data)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.action)
async def test_a_body_that_is_no_json(
    hass: HomeAssistant, frigate: FakeFrigate, case: Case
) -> None:
    frigate.add_face("Eileen", 1)
    await set_up_admin(hass, frigate)
    frigate.fail(case.path, Fault.garbage(), method=case.method)
    if case.is_query:
        with pytest.raises(HomeAssistantError) as caught:
            await call(hass, case.action, **case.data)
        assert caught.value.translation_key == "not_frigate"
        frigate.clear_faults()
    # Of what a command answers only its status counts.
    await call(hass, case.action, **case.data)
