"""Commands are sent once, except where the server cannot have received the first one."""

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.frigate_http.aiofrigate import (
    FrigateClient,
    FrigateConnectionError,
    FrigateServerError,
    FrigateStartingError,
    FrigateWrongPasswordError,
    Upload,
)
from tests.aiofrigate.conftest import ADMIN, Connect, logins, sent, works
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer

PATH = "/api/users"
BODY = {"username": "ana", "password": "long-enough-password"}


async def post(client: FrigateClient) -> None:
    """Send a command."""
    await client._transport.request("POST", PATH, data=BODY)


def posts(frigate: FakeFrigate) -> int:
    """Return how often the command has reached the server."""
    return len(sent(frigate, PATH, "POST"))


async def test_a_command_without_a_response_is_not_sent_again(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.fail(PATH, Fault.drop(), method="POST")
    with pytest.raises(FrigateConnectionError):
        await post(client)
    assert posts(frigate) == 1
    frigate.clear_faults()
    assert await works(client)


async def test_a_command_is_not_sent_again_after_a_502_without_an_earlier_failure(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.fail(PATH, Fault.status(502), method="POST")
    with pytest.raises(FrigateStartingError):
        await post(client)
    assert posts(frigate) == 1
    frigate.clear_faults()
    assert await works(client)


async def test_a_command_is_sent_once_more_after_a_502_that_follows_a_failure(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.fail(PATH, Fault.status(500), method="POST")
    with pytest.raises(FrigateServerError):
        await post(client)
    frigate.clear_faults()
    frigate.fail(PATH, Fault("answer", Answer(200)), method="POST")
    frigate.fail(PATH, Fault.status(502), times=1, method="POST")
    await post(client)
    assert posts(frigate) == 3

    frigate.fail(PATH, Fault.status(502), times=1, method="POST")
    with pytest.raises(FrigateStartingError):
        await post(client)
    assert posts(frigate) == 4


async def test_a_502_long_after_a_failure_is_not_sent_again(
    frigate: FakeFrigate, client: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    frigate.fail("/api/stats", Fault.status(500), times=1)
    with pytest.raises(FrigateServerError):
        await works(client)
    freezer.tick(11)
    frigate.fail(PATH, Fault.status(502), times=1, method="POST")
    with pytest.raises(FrigateStartingError):
        await post(client)
    assert posts(frigate) == 1


async def test_a_query_is_not_sent_again_after_a_502(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.fail("/api/stats", Fault.status(500), times=1)
    with pytest.raises(FrigateServerError):
        await works(client)
    frigate.fail("/api/stats", Fault.status(502), times=1)
    with pytest.raises(FrigateStartingError):
        await works(client)
    assert await works(client)


async def test_a_form_is_sent_again_after_a_new_login(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(frigate.external_url, **ADMIN)
    assert await works(client)
    frigate.revoke_sessions()
    picture = Upload(b"\xff\xd8\xff", "image/jpeg", "face.jpg")
    path = "/api/faces/Ana/register"
    frigate.fail(path, Fault("answer", Answer(200)), method="POST")
    frigate.fail(path, Fault.status(401), times=1, method="POST")
    await client._transport.request("POST", path, form={"file": picture})
    kinds = [one.headers["Content-Type"] for one in sent(frigate, path, "POST")]
    assert len(kinds) == 2
    assert all(kind.startswith("multipart/form-data; boundary=") for kind in kinds)
    assert logins(frigate) == 2


async def test_a_changed_password_is_used_for_the_next_login(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(frigate.external_url, **ADMIN)
    assert await works(client)
    frigate.state.users["admin"].password = "another-password-2"
    client.change_password("another-password-2")
    assert await works(client)
    assert logins(frigate) == 1
    frigate.revoke_sessions()
    assert await works(client)
    assert logins(frigate) == 2


async def test_changing_the_password_ends_the_backoff_of_a_refused_login(
    frigate: FakeFrigate, connect: Connect
) -> None:
    frigate.state.users["admin"].password = "another-password-2"
    client = connect(frigate.external_url, **ADMIN)
    with pytest.raises(Exception, match="Login failed"):
        await works(client)
    client.change_password("another-password-2")
    assert await works(client)


async def test_changing_the_password_without_an_account_has_no_effect(
    client: FrigateClient,
) -> None:
    client.change_password("another-password-2")
    assert await works(client)


async def test_a_wrong_current_password_causes_no_new_login(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(frigate.external_url, **ADMIN)
    body = b'{"message":"Current password is incorrect"}'
    fault = Fault("answer", Answer(401, body, "application/json"))
    frigate.fail(PATH, fault, times=1, method="POST")
    with pytest.raises(FrigateWrongPasswordError, match="incorrect"):
        await post(client)
    assert logins(frigate) == 1
    assert await works(client)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_aiohttp_does_not_send_a_command_again(
    frigate: FakeFrigate, client: FrigateClient, method: str
) -> None:
    # Reuse a connection: if it drops, aiohttp would retry by itself.
    assert await works(client)
    frigate.fail(PATH, Fault.drop(), method=method)
    with pytest.raises(FrigateConnectionError) as caught:
        await client._transport.request(method, PATH, data=BODY)
    assert not caught.value.was_repeated
    assert len(sent(frigate, PATH, method)) == 1
    frigate.clear_faults()
    assert await works(client)


async def test_a_query_is_sent_once_more_after_a_dropped_connection(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.fail("/api/stats", Fault.drop(), times=1)
    assert await works(client)
    assert len(sent(frigate, "/api/stats")) == 2
    frigate.fail("/api/stats", Fault.drop())
    with pytest.raises(FrigateConnectionError) as caught:
        await works(client)
    assert caught.value.was_repeated
    assert len(sent(frigate, "/api/stats")) == 4
    frigate.clear_faults()
    assert await works(client)


@pytest.mark.parametrize(
    ("failure", "method"),
    [
        (Fault.status(500), "DELETE"),
        (Fault("answer", Answer(500, b'{"message":"No"}', "application/json")), "POST"),
        (Fault("answer", Answer(500, b"<html></html>", "text/html")), "POST"),
    ],
    ids=["no POST", "a failure of the route's own", "no backend at all"],
)
async def test_only_a_post_is_sent_again_and_only_after_a_plain_text_500(
    frigate: FakeFrigate, client: FrigateClient, failure: Fault, method: str
) -> None:
    frigate.fail("/api/stats", failure, times=1)
    with pytest.raises(FrigateServerError):
        await works(client)
    frigate.fail(PATH, Fault.status(502), method=method)
    with pytest.raises(FrigateStartingError):
        await client._transport.request(method, PATH, data=BODY)
    assert len(sent(frigate, PATH, method)) == 1
    frigate.clear_faults()
    assert await works(client)
