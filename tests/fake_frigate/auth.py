"""Tokens, the check nginx makes before every request, login and logout."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
import secrets
from typing import Any

import jwt
from jwt.types import Options

from .answers import Answer, Json, json_answer, server_error
from .call import Call, read_body
from .route import route
from .state import REFRESH_TIME, SESSION_LENGTH, ServerState

# The times are checked by hand, against the clock of the server.
_CHECK_NOTHING: Options = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_sub": False,
}


@dataclass(frozen=True)
class Verdict:
    """Who a request comes from, and the cookie that prolongs the session."""

    user: str
    role: str
    cookie: str | None = None


def mint(state: ServerState, user: str, role: str, expires: int, issued: int) -> str:
    """Return a token; its times are seconds since the epoch."""
    claims = {"sub": user, "role": role, "exp": expires, "iat": issued}
    return jwt.encode(claims, state.jwt_secret, "HS256")


def session_cookie(state: ServerState, user: str, role: str) -> str:
    """Return the Set-Cookie line for a fresh token."""
    now = int(state.clock())
    expires = now + SESSION_LENGTH
    start = f"{state.cookie_name}={mint(state, user, role, expires, now)}"
    if state.is_018:
        return f"{start}; HttpOnly; Max-Age={SESSION_LENGTH}; Path=/; SameSite=lax"
    # 0.17 hands the time of expiry to a parameter that expects a duration.
    wrong = datetime.fromtimestamp(now, UTC) + timedelta(seconds=expires)
    date = format_datetime(wrong, usegmt=True)
    return f"{start}; expires={date}; HttpOnly; Path=/; SameSite=lax"


def _token(call: Call) -> tuple[str | None, bool]:
    header = call.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        return header.replace("Bearer ", ""), False
    return call.cookies.get(call.state.cookie_name), True


def _claims(call: Call, token: str) -> dict[str, Any] | None:
    try:
        claims: dict[str, Any] = jwt.decode(
            token, call.state.jwt_secret, ["HS256"], options=_CHECK_NOTHING
        )
        expires = int(claims["exp"])
    except jwt.InvalidTokenError, KeyError, ValueError, TypeError:
        return None
    if "sub" not in claims or "role" not in claims:
        return None
    return claims if expires > int(call.state.clock()) else None


def _may_renew(state: ServerState, claims: dict[str, Any]) -> bool:
    user = state.users.get(claims["sub"])
    if user is None:
        return False
    changed = user.password_changed_at
    return changed is None or int(claims.get("iat", 0)) >= int(changed)


def check_credentials(call: Call) -> Verdict | None:
    """Return who the token or cookie belongs to, None if it is worth nothing."""
    state = call.state
    if not state.auth:
        return Verdict("viewer", "viewer")
    token, from_cookie = _token(call)
    claims = _claims(call, token) if token is not None else None
    if claims is None:
        return None
    user, role = claims["sub"], claims["role"]
    if from_cookie and int(claims["exp"]) - REFRESH_TIME <= int(state.clock()):
        if not _may_renew(state, claims):
            return None
        return Verdict(user, role, session_cookie(state, user, role))
    return Verdict(user, role)


def sub_request(call: Call) -> Verdict | None:
    """Make the check of nginx, which trusts the internal port blindly."""
    if call.port == "internal":
        return Verdict("anonymous", "admin")
    return check_credentials(call)


def auth_route(call: Call) -> Answer:
    """Answer `/api/auth`, which knows the port only from a header a client can send."""
    if call.headers.get("X-Server-Port") == "5000":
        verdict: Verdict | None = Verdict("anonymous", "admin")
    else:
        verdict = check_credentials(call)
    if verdict is None:
        return Answer(401, headers=[("Location", "/login")])
    answer = Answer(202)
    if verdict.cookie:
        answer.headers.append(("Set-Cookie", verdict.cookie))
    answer.headers += [("remote-user", verdict.user), ("remote-role", verdict.role)]
    return answer


def first_time_login_route(call: Call) -> Answer:
    """Answer whether nobody has logged in as the admin so far."""
    return json_answer({"admin_first_time_login": call.state.admin_first_time_login})


def profile_route(call: Call) -> Answer:
    """Answer with the name and the role of the caller."""
    profile: dict[str, Json] = {"username": call.user, "role": call.role}
    if call.state.is_017:
        profile["allowed_cameras"] = list(call.state.allowed_cameras(call.role))
    return json_answer(profile)


def logout_route(call: Call) -> Answer:
    """Clear the cookie; the token itself stays good."""
    now = format_datetime(datetime.fromtimestamp(call.state.clock(), UTC), usegmt=True)
    cookie = (
        f'{call.state.cookie_name}=""; expires={now}; Max-Age=0; Path=/; SameSite=lax'
    )
    return Answer(303, headers=[("Location", "/login"), ("Set-Cookie", cookie)])


def login_route(call: Call) -> Answer:
    """Check a name and a password and set the session cookie."""
    state = call.state
    body = read_body(call, {"user": str, "password": str})
    if isinstance(body, Answer):
        return body
    if (limit := call.limiter.exceeded(state, state.clock())) is not None:
        return json_answer({"error": f"Rate limit exceeded: {limit}"}, 429)
    if not state.auth and state.is_018:
        return json_answer({"message": "Authentication is disabled"}, 404)
    user = state.users.get(body["user"])
    if user is None or not secrets.compare_digest(
        user.password.encode(), body["password"].encode()
    ):
        return json_answer({"message": "Login failed"}, 401)
    if not state.auth:
        # 0.17 has no secret to sign with then, and falls over it.
        return server_error()
    role = user.role if user.role in state.roles else "viewer"
    if role == "admin":
        state.admin_first_time_login = False
    cookie = session_cookie(state, body["user"], role)
    return Answer(200, headers=[("Set-Cookie", cookie)])


ROUTES = (
    route("GET", "/auth", auth_route),
    route("GET", "/auth/first_time_login", first_time_login_route),
    route("GET", "/profile", profile_route),
    route("GET", "/logout", logout_route),
    route("POST", "/login", login_route),
)
