"""Push notifications: the server's key, and the subscriptions of browsers."""

import base64
from typing import Any

from .answers import Answer, failure, invalid, json_answer, unprocessable
from .call import Call, parsed_body
from .route import route
from .state import ServerState

VAPID_KEY = (
    "BNFRJ8Z6DH7EKwwK6BberKJ_rd7wBpm9EoCXJbpzZiQWvAFvG_JQB8hHytzjE7B-"
    "d822y12dEbUs9w9mss5ikWM"
)
_POINT_LENGTH = 65


def pubkey_route(call: Call) -> Answer:
    """Answer with the key that a browser needs to subscribe."""
    if not call.state.notifications:
        return failure("Notifications are not enabled.", 400)
    return json_answer(VAPID_KEY)


def register_route(call: Call) -> Answer:
    """Keep whatever is called a subscription; for nobody's account say the same."""
    body = parsed_body(call) if call.body else {}
    if isinstance(body, Answer):
        return body
    if not isinstance(body, dict):
        text = "Input should be a valid dictionary"
        return unprocessable([invalid("dict_type", ["body"], text, body)])
    if not (subscription := body.get("sub")):
        return failure("Subscription must be provided.", 400)
    state = call.state
    # Without accounts everything belongs to the one that is always there.
    user = state.users.get(call.user if state.auth else "admin")
    if user is not None:
        user.subscriptions.append(subscription)
    return json_answer({"success": True, "message": "Successfully saved token."})


def survives(state: ServerState) -> bool:
    """Whether a start gets past the subscriptions that are kept."""
    return not state.notifications or all(
        _usable(subscription)
        for user in state.users.values()
        for subscription in user.subscriptions
    )


def _usable(subscription: Any) -> bool:
    if not isinstance(subscription, dict) or "endpoint" not in subscription:
        return False
    keys: Any = subscription.get("keys")
    try:
        point = _decoded(keys["p256dh"])
        _decoded(keys["auth"])
    except AttributeError, KeyError, TypeError, ValueError:
        return False
    return len(point) == _POINT_LENGTH and point[0] == 4


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))


ROUTES = (
    route("GET", "/notifications/pubkey", pubkey_route),
    route("POST", "/notifications/register", register_route),
)
