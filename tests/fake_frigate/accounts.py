"""The accounts: listing, creating, deleting them, their passwords and roles."""

import re
from typing import Any

from .answers import Answer, detail, invalid, json_answer, server_error, unprocessable
from .auth import session_cookie
from .call import Call, read_body
from .route import route
from .state import User

PASSWORD_LENGTH = 12
_NAME = re.compile(r"[A-Za-z0-9._]+")


def admins_only(call: Call) -> Answer | None:
    """Return the refusal of a route that checks the role itself, or None."""
    if call.role == "admin":
        return None
    return detail(f"Role {call.role} not authorized. Required: admin", 403)


def _message(text: str, status: int) -> Answer:
    return json_answer({"message": text}, status)


def _weakness(password: str) -> Answer | None:
    if not password:
        return _message("Password cannot be empty", 400)
    if len(password) < PASSWORD_LENGTH:
        text = f"Password must be at least {PASSWORD_LENGTH} characters long"
        return _message(text, 400)
    return None


def _wrong_role(call: Call, role: Any) -> Answer | None:
    if role in call.state.roles:
        return None
    if not call.state.is_017:
        return _message("Role must be 'admin' or 'viewer'", 400)
    return _message(f"Role must be one of: {', '.join(call.state.roles)}", 400)


def _wrong_type(body: dict[str, Any], name: str) -> Answer | None:
    """Return the 422 for a field that may be absent or null, but is no text."""
    if isinstance(body.get(name, ""), str | None):
        return None
    text = "Input should be a valid string"
    return unprocessable([invalid("string_type", ["body", name], text, body[name])])


def users_route(call: Call) -> Answer:
    """List the accounts."""
    users = sorted(call.state.users.items())
    return json_answer([{"username": name, "role": user.role} for name, user in users])


def create_route(call: Call) -> Answer:
    """Create an account; for one that exists the database throws an exception."""
    body = read_body(call, {"username": str, "password": str})
    if isinstance(body, Answer):
        return body
    name, role = body["username"], body.get("role", "viewer")
    if (refusal := _wrong_type(body, "role")) is not None:
        return refusal
    if not _NAME.fullmatch(name):
        return _message("Invalid username", 400)
    if not call.state.is_017:
        role = role if role in call.state.roles else "viewer"
    elif (
        refusal := _wrong_role(call, role) or _weakness(body["password"])
    ) is not None:
        return refusal
    if name in call.state.users:
        return server_error()
    call.state.users[name] = User(body["password"], role)
    return json_answer({"username": name})


def delete_route(call: Call, name: str) -> Answer:
    """Delete an account, and say the same when there is none."""
    if (refusal := admins_only(call)) is not None:
        return refusal
    if name == "admin":
        return _message("Cannot delete admin user", 403)
    call.state.users.pop(name, None)
    return json_answer({"success": True})


def password_route(call: Call, name: str) -> Answer:
    """Set a password; whoever is no admin has to know the current one."""
    body = read_body(call, {"password": str})
    if isinstance(body, Answer):
        return body
    if (refusal := _wrong_type(body, "old_password")) is not None:
        return refusal
    # Only this role is held to its own account; others need no more than the password.
    if call.role == "viewer" and call.user != name:
        return detail("Viewers can only update their own password", 403)
    user = call.state.users.get(name)
    if not call.state.is_017:
        # It looks neither for the account nor at the current password.
        if user is not None:
            user.password = body["password"]
        return json_answer({"success": True})
    if user is None:
        return _message("User not found", 404)
    if call.role != "admin":
        if not (current := body.get("old_password")):
            return _message("Current password is required", 400)
        if current != user.password:
            return _message("Current password is incorrect", 401)
    if (refusal := _weakness(body["password"])) is not None:
        return refusal
    user.password = body["password"]
    user.password_changed_at = call.state.clock()
    answer = json_answer({"success": True})
    if call.user == name:
        cookie = session_cookie(call.state, name, user.role)
        answer.headers.append(("Set-Cookie", cookie))
    return answer


def role_route(call: Call, name: str) -> Answer:
    """Set a role, and say the same when there is no such account."""
    if (refusal := admins_only(call)) is not None:
        return refusal
    body = read_body(call, {"role": str})
    if isinstance(body, Answer):
        return body
    if name == "admin":
        return _message("Cannot modify admin user's role", 403)
    if (refusal := _wrong_role(call, body["role"])) is not None:
        return refusal
    if name in call.state.users:
        call.state.users[name].role = body["role"]
    return json_answer({"success": True})


ROUTES = (
    route("GET", "/users", users_route, admin=True),
    route("POST", "/users", create_route, admin=True),
    route("DELETE", "/users/([^/]+)", delete_route),
    route("PUT", "/users/([^/]+)/password", password_route),
    route("PUT", "/users/([^/]+)/role", role_route),
)
