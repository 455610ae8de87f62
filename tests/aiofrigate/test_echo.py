"""A server that repeats all that it was sent: no error, log or message passes it on."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
import traceback
from typing import Any

import pytest

from custom_components.frigate_http.aiofrigate import (
    FrigateClient,
    FrigateError,
    NewEvent,
    PushSubscription,
    Upload,
)
from custom_components.frigate_http.aiofrigate.error_mapping import shown
from custom_components.frigate_http.aiofrigate.redaction import SecretMask
from custom_components.frigate_http.aiofrigate.websocket import open_websocket
from tests.common import PUSH_KEY
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer
from tests.fake_frigate.echoes import FORMS, PLACES

from .conftest import Connect, outcome_of, works

PASSWORD = 'pass/wörd "of" <someone>'
PROXY_PASSWORD = "password of: the/proxy"
HEADERS = {"X-Api-Key": 'key/of+the "header"', "X-Session": "id=0123456789; dark=1"}
BODY_PASSWORD, OLD_PASSWORD = "new/password & long", "old/password & long"
ENDPOINT = "https://push.example/send/secret-endpoint"
SUBSCRIPTION = PushSubscription(ENDPOINT, PUSH_KEY, "Q" * 22)
STATUSES = (200, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503)

type Call = Callable[[FrigateClient], Awaitable[object]]


async def _read(stream: Any) -> None:
    async with stream as opened:
        async for _chunk in opened.chunks():
            pass


async def _log_in(client: FrigateClient) -> None:
    await client.can_log_in("new", BODY_PASSWORD)


async def _connect(client: FrigateClient) -> None:
    async with open_websocket(client._transport, "/ws"):
        pass


CALLS: dict[str, Call] = {
    "health": lambda client: client.system.health(),
    "version": lambda client: client.system.version(),
    "stats": lambda client: client.system.stats(fresh=True),
    "config": lambda client: client.system.config(fresh=True),
    "auth": lambda client: client.system.check_auth(),
    "restart": lambda client: client.system.restart(),
    "schema": lambda client: client.system.config_schema(),
    "log": lambda client: client.logs.newest("frigate", 10),
    "events": lambda client: client.events.list(),
    "create event": lambda client: client.events.create(
        NewEvent(camera="front_door", label="bell")
    ),
    "reviews": lambda client: client.reviews.list(),
    "exports": lambda client: client.exports.list(),
    "export files": lambda client: client.exports.files(),
    "faces": lambda client: client.faces.library(),
    "reprocess": lambda client: client.faces.reprocess("1.0-a-1.0-unknown-0.0.webp"),
    "recognize": lambda client: client.faces.recognize(
        Upload(b"image", "image/jpeg", "face.jpg")
    ),
    "image": lambda client: client.media.latest_image("front_door"),
    "MJPEG": lambda client: _read(client.media.mjpeg("front_door", fps=5, height=90)),
    "clip": lambda client: _read(client.files.clip("front_door", 1.0, 2.0)),
    "check of video": lambda client: client.vod.check("front_door", 1, 2),
    "playlist": lambda client: client.vod.playlist("front_door", 1, 2),
    "video": lambda client: _read(client.vod.file("front_door", 1, 2, "seg-1.ts")),
    "search": lambda client: client.events.search("a red car"),
    "thumbnail": lambda client: client.reviews.thumbnail("front_door", "1.0-a"),
    "users": lambda client: client.users.list(),
    "create user": lambda client: client.users.create("new", BODY_PASSWORD, "viewer"),
    "set password": lambda client: client.users.set_password(
        "new", BODY_PASSWORD, OLD_PASSWORD
    ),
    "subscribe": lambda client: client.notifications.register(SUBSCRIPTION),
    "key": lambda client: client.notifications.public_key(),
    "live": _connect,
}


def _chain(err: BaseException) -> Iterator[BaseException]:
    yield err
    for inner in (err.__cause__, err.__context__):
        if inner is not None:
            yield from _chain(inner)


class Witness:
    """Looks for secrets in everything that a client shows."""

    def __init__(self, client: FrigateClient, token: str) -> None:
        """Look for what this client sends."""
        self.client = client
        basic = f"door:{PROXY_PASSWORD}"
        secrets = [PASSWORD, PROXY_PASSWORD, basic, token, BODY_PASSWORD, OLD_PASSWORD]
        secrets += [*HEADERS.values(), "0123456789", ENDPOINT]
        self.forms = {
            form(secret).lower() for form in FORMS.values() for secret in secrets
        }

    def look_at(self, text: str) -> None:
        """Fail if there is a secret in a text."""
        lowered = text.lower()
        assert [form for form in self.forms if form in lowered] == []

    async def outcome(self, call: Call, caplog: pytest.LogCaptureFixture) -> str:
        """Look at all that is left of a call, and return the message of its error."""
        error = await outcome_of(call(self.client))
        text = ""
        if error is not None:
            assert isinstance(error, FrigateError)
            for one in _chain(error):
                # What caused it, such as an error of aiohttp, would hold the request.
                assert isinstance(one, FrigateError)
                details = repr(vars(one)) + repr(one.args)
                text += "".join((*traceback.format_exception(one), details))
        self.look_at(text)
        self.look_at(repr(self.client.metrics.errors))
        self.look_at(caplog.text)
        for record in caplog.records:
            self.look_at(str(vars(record)))
        caplog.clear()
        return text


@pytest.fixture
async def witness(frigate: FakeFrigate, connect: Connect) -> AsyncIterator[Witness]:
    """Return a witness of a client with all kinds of credentials."""
    frigate.add_user("someone", PASSWORD, role="admin")

    def make() -> FrigateClient:
        return connect(
            frigate.external_url,
            username="someone",
            password=PASSWORD,
            proxy_username="door",
            proxy_password=PROXY_PASSWORD,
            headers=HEADERS,
        )

    client = make()
    assert await works(client)
    token = frigate.requests[-1].headers["Cookie"].partition("=")[2]
    assert len(token) > 100
    yield Witness(client, token)
    frigate.clear_faults()
    # One of the calls restarts it.
    frigate.restart()
    assert await works(make())


@pytest.mark.parametrize("place", PLACES)
async def test_a_secret_is_masked_in_every_form_and_place(
    frigate: FakeFrigate,
    witness: Witness,
    caplog: pytest.LogCaptureFixture,
    place: str,
) -> None:
    for form in FORMS:
        text = ""
        for status in STATUSES:
            frigate.fail("/api/stats", Fault.echo(place, form, status))
            text += await witness.outcome(CALLS["stats"], caplog)
        # An error of this shape has no message.
        assert ("***" in text) == (place != "json")


@pytest.mark.parametrize("place", PLACES)
async def test_no_call_passes_a_secret_on(
    frigate: FakeFrigate,
    witness: Witness,
    caplog: pytest.LogCaptureFixture,
    place: str,
) -> None:
    outcomes = set()
    # All but the login itself, so that each of the calls is really sent.
    for status in STATUSES:
        frigate.fail("/(?!api/login)", Fault.echo(place, "percent", status))
        for call in CALLS.values():
            outcomes.add(await witness.outcome(call, caplog))
    assert len(outcomes) > len(STATUSES)
    assert any("***" in one for one in outcomes) == (place != "json")


@pytest.mark.parametrize("place", PLACES)
async def test_a_login_passes_no_secret_on(
    frigate: FakeFrigate,
    witness: Witness,
    caplog: pytest.LogCaptureFixture,
    place: str,
) -> None:
    for status in STATUSES:
        frigate.revoke_sessions()
        frigate.fail("/api/login", Fault.echo(place, "json", status))
        await witness.outcome(CALLS["stats"], caplog)
        await witness.outcome(_log_in, caplog)


@pytest.mark.parametrize(
    "fault", [Fault.drop(), Fault.drop_body(), Fault.garbage(), Fault.html()]
)
async def test_a_connection_that_breaks_leaves_no_request_behind(
    frigate: FakeFrigate,
    witness: Witness,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
) -> None:
    frigate.fail("/(?!api/login)", fault)
    for call in CALLS.values():
        await witness.outcome(call, caplog)
    await frigate.refuse()
    for call in CALLS.values():
        assert await witness.outcome(call, caplog)
    await frigate.resume()


def test_what_is_cut_shows_no_half_of_a_secret() -> None:
    secret = "".join(f"{number:05}" for number in range(1000))
    for length in range(60_000, 70_000, 700):
        text = (20 * secret)[:length] + secret
        found = shown(text, SecretMask((secret,)))
        assert set(found) <= {"*"}


@pytest.mark.parametrize(
    "text", ["my\n secret  pass", "my  secret\x00 pass", "my secret\u00a0pass"]
)
@pytest.mark.parametrize("secret", ["my secret pass", "my  secret pass"])
def test_a_secret_broken_over_lines_is_masked(secret: str, text: str) -> None:
    assert shown(f"a {text} b", SecretMask((secret,))) == "a *** b"


def test_a_secret_in_the_encoding_of_old_servers_is_masked() -> None:
    assert shown("/p%E4sswort", SecretMask(("pässwort",))) == "/***"


@pytest.mark.parametrize(
    "part", ["<title>", "<TITLE>a", "</title>", "&", "\\u00", "%2"]
)
async def test_a_page_without_an_end_is_read_at_once(
    frigate: FakeFrigate, witness: Witness, part: str
) -> None:
    page = Answer(200, 1_000_000 * part.encode(), "text/html")
    frigate.fail("/api/stats", Fault("answer", page))
    with pytest.raises(FrigateError) as caught:
        await witness.client.system.stats(fresh=True)
    assert len(caught.value.message) < 400
