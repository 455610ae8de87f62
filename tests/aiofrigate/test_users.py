"""User accounts: each command, with every version of Frigate."""

from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from custom_components.frigate_http.aiofrigate import (
    FrigateArgumentError,
    FrigateBadRequestError,
    FrigateClient,
    FrigateClosedError,
    FrigateDataError,
    FrigateError,
    FrigateForbiddenError,
    FrigateHTMLError,
    FrigateNotFoundError,
    FrigateServerError,
    FrigateWrongPasswordError,
    User,
)
from tests.fake_frigate import FakeFrigate, Fault
from tests.versions import EVERY_VERSION, ONLY_016, WITH_016

from .conftest import (
    ADMIN,
    VIEWER,
    Connect,
    everything_of,
    logins,
    outcome_of,
    sent,
    works,
)

type Command = Callable[[FrigateClient], Awaitable[None]]

PASSWORD = "guest-password-1"
COMMANDS: list[Command] = [
    lambda client: client.users.create("guest", PASSWORD, "viewer"),
    lambda client: client.users.delete("viewer1"),
    lambda client: client.users.set_password("viewer1", PASSWORD),
    lambda client: client.users.set_role("viewer1", "gate"),
]


def accounts(frigate: FakeFrigate) -> dict[str, tuple[str, str]]:
    users = frigate.state.users.items()
    return {name: (user.password, user.role) for name, user in users}


@EVERY_VERSION
async def test_an_account_is_created_changed_and_deleted(
    frigate: FakeFrigate, connect: Connect
) -> None:
    users = connect(frigate.external_url, **ADMIN).users
    await users.create("guest", PASSWORD, "viewer")
    assert User("guest", "viewer") in await users.list(fresh=True)
    await users.set_role("guest", "gate")
    assert User("guest", "gate") in await users.list(fresh=True)
    await users.set_password("guest", "another-password")
    assert frigate.state.users["guest"].password == "another-password"
    await users.delete("guest")
    assert "guest" not in frigate.state.users


@EVERY_VERSION
async def test_frigate_reports_success_for_accounts_that_do_not_exist(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    before = dict(frigate.state.users)
    await client.users.delete("nobody")
    await client.users.set_role("nobody", "viewer")
    assert frigate.state.users == before


@EVERY_VERSION
@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (lambda users: users.create("a b", PASSWORD, "viewer"), FrigateBadRequestError),
        (
            lambda users: users.create("guest", "short", "viewer"),
            FrigateBadRequestError,
        ),
        (
            lambda users: users.create("guest", PASSWORD, "owner"),
            FrigateBadRequestError,
        ),
        (lambda users: users.create("viewer1", PASSWORD, "gate"), FrigateServerError),
        (lambda users: users.delete("admin"), FrigateForbiddenError),
        (lambda users: users.delete(".."), FrigateArgumentError),
        (lambda users: users.set_role("admin", "viewer"), FrigateForbiddenError),
        (lambda users: users.set_role("viewer1", "owner"), FrigateBadRequestError),
        (lambda users: users.set_password("nobody", PASSWORD), FrigateNotFoundError),
        (lambda users: users.set_password("viewer1", "short"), FrigateBadRequestError),
    ],
)
async def test_refused_account_commands_are_errors(
    frigate: FakeFrigate,
    client: FrigateClient,
    command: Callable[..., Awaitable[None]],
    expected: type[FrigateError],
) -> None:
    before = accounts(frigate)
    err = await outcome_of(command(client.users))
    assert isinstance(err, expected)
    assert PASSWORD not in everything_of(err)
    assert accounts(frigate) == before
    assert await works(client)


@WITH_016
async def test_the_password_of_an_unknown_account_is_not_set(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    await client.system.stats()
    before = accounts(frigate)
    with pytest.raises(FrigateNotFoundError, match="User not found"):
        await client.users.set_password("nobody", PASSWORD)
    assert accounts(frigate) == before
    await client.users.set_password("viewer1", PASSWORD)
    assert frigate.state.users["viewer1"].password == PASSWORD


@ONLY_016
async def test_no_password_is_set_if_the_accounts_cannot_be_listed(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    await client.system.stats()
    before = accounts(frigate)
    frigate.fail("/api/users", Fault.status(500), method="GET")
    with pytest.raises(FrigateServerError):
        await client.users.set_password("viewer1", PASSWORD)
    assert accounts(frigate) == before
    frigate.clear_faults()
    await client.users.set_password("viewer1", PASSWORD)
    assert accounts(frigate) != before


@EVERY_VERSION
async def test_a_viewer_changes_the_own_password(
    frigate: FakeFrigate, connect: Connect
) -> None:
    users = connect(frigate.external_url, **VIEWER).users
    with pytest.raises(FrigateBadRequestError, match="Current password is required"):
        await users.set_password("viewer1", PASSWORD)
    with pytest.raises(FrigateWrongPasswordError):
        await users.set_password("viewer1", PASSWORD, "not-the-password")
    with pytest.raises(FrigateForbiddenError):
        await users.set_password("gate1", PASSWORD, "gate-password-1!")
    assert logins(frigate) == 1

    await users.set_password("viewer1", PASSWORD, "viewer-password-1")
    assert frigate.state.users["viewer1"].password == PASSWORD


@EVERY_VERSION
async def test_a_password_changed_at_the_server_is_used_for_the_next_login(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(frigate.external_url, **VIEWER)
    await client.users.set_password("viewer1", PASSWORD, "viewer-password-1")
    client.change_password(PASSWORD)
    frigate.revoke_sessions()
    assert await works(client)
    assert logins(frigate) == 2


@EVERY_VERSION
@pytest.mark.parametrize("command", [*COMMANDS[:2], COMMANDS[3]])
async def test_account_commands_are_for_administrators_only(
    frigate: FakeFrigate, connect: Connect, command: Command
) -> None:
    before = accounts(frigate)
    viewer = connect(frigate.external_url, **VIEWER)
    with pytest.raises(FrigateForbiddenError):
        await command(viewer)
    assert accounts(frigate) == before
    await command(connect(frigate.internal_url))
    assert accounts(frigate) != before


@pytest.mark.parametrize("command", COMMANDS)
async def test_an_html_page_is_not_a_success_of_an_account_command(
    frigate: FakeFrigate, client: FrigateClient, command: Command
) -> None:
    frigate.fail("/api/users", Fault.html(), times=1)
    with pytest.raises(FrigateHTMLError):
        await command(client)
    await command(client)


@pytest.mark.parametrize("command", COMMANDS)
async def test_an_account_command_is_sent_once(
    frigate: FakeFrigate, client: FrigateClient, command: Command
) -> None:
    frigate.fail("/api/users", Fault.drop_body(), times=1)
    with pytest.raises(FrigateError):
        await command(client)
    assert len(frigate.requests) == 1


@EVERY_VERSION
async def test_a_command_succeeds_after_a_failure_of_the_server(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    with pytest.raises(FrigateServerError):
        await client.users.create("viewer1", PASSWORD, "viewer")
    await client.users.create("guest", PASSWORD, "viewer")
    statuses = [one.status for one in sent(frigate, "/api/users", "POST")]
    assert statuses == [500, 502, 200]
    assert frigate.state.users["guest"].role == "viewer"


@pytest.mark.parametrize("answer", [[{"role": "viewer"}], ["admin"], [None]])
async def test_account_answers_of_another_shape_are_refused(
    frigate: FakeFrigate, client: FrigateClient, answer: object
) -> None:
    frigate.fail("/api/users", Fault.json(answer), times=1)
    with pytest.raises(FrigateDataError):
        await client.users.list()
    assert await client.users.list(fresh=True)


# Which password is in force


@EVERY_VERSION
@pytest.mark.parametrize("port", ["internal_url", "external_url"])
async def test_user_name_and_password_are_checked_by_a_login(
    frigate: FakeFrigate, connect: Connect, port: str
) -> None:
    client = connect(getattr(frigate, port), **VIEWER)
    before = await client.system.profile()
    assert await client.can_log_in("gate1", "gate-password-1!")
    assert await client.can_log_in("admin", ADMIN["password"])
    assert not await client.can_log_in("viewer1", "another-password")
    assert not await client.can_log_in("nobody", PASSWORD)
    # None of this has made us somebody else, or asked us to log in anew.
    frigate.clear_requests()
    assert await client.system.profile(fresh=True) == before
    assert [request.path for request in frigate.requests] == ["/api/profile"]


@pytest.mark.parametrize(
    "fault",
    [
        *map(Fault.status, (401, 403, 404, 429, 500, 502)),
        *(Fault.drop(), Fault.html(), Fault.redirect("https://login.example/")),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.prepared and fault.prepared.status}",
)
async def test_a_check_of_a_password_can_fail(
    frigate: FakeFrigate, connect: Connect, fault: Fault
) -> None:
    client = connect(frigate.external_url, **VIEWER)
    assert await works(client)
    frigate.fail("/api/login", fault)
    err = await outcome_of(client.can_log_in("gate1", PASSWORD))
    assert isinstance(err, FrigateError)
    assert PASSWORD not in everything_of(err)
    # Its pauses are no affair of our own login.
    frigate.clear_faults()
    frigate.revoke_sessions()
    assert await works(client)
    assert await client.can_log_in("gate1", "gate-password-1!")


@EVERY_VERSION
async def test_a_password_cannot_be_checked_if_authentication_is_disabled(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.state.auth = False
    err = await outcome_of(client.can_log_in("viewer1", VIEWER["password"]))
    assert isinstance(err, (FrigateNotFoundError, FrigateServerError))
    frigate.state.auth = True
    assert await client.can_log_in("viewer1", VIEWER["password"])


async def test_a_closed_client_checks_no_password(frigate: FakeFrigate) -> None:
    session = aiohttp.ClientSession()
    client = FrigateClient(session, frigate.internal_url)
    await session.close()
    with pytest.raises(FrigateClosedError):
        await client.can_log_in("viewer1", PASSWORD)
    assert frigate.requests == []
