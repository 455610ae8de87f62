"""The routes one by one, with every version of Frigate, and their URLs."""

from collections.abc import Awaitable, Callable

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.frigate_http.aiofrigate import (
    FaceLibrary,
    FrigateArgumentError,
    FrigateAuthError,
    FrigateClient,
    FrigateForbiddenError,
    FrigateNotFoundError,
    Identity,
    Profile,
)
from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION, ONLY_016

from .conftest import (
    ADMIN,
    GATE,
    VIEWER,
    Connect,
    http_answer,
    sent,
    wire_server,
    works,
)

JPEG = b"\xff\xd8\xff"


# The system


@EVERY_VERSION
async def test_health_and_version_are_returned(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    assert await client.system.health() == "Frigate is running. Alive and healthy!"
    version = await client.system.version()
    assert version.raw == frigate.state.version_string
    assert f"{version.major}.{version.minor}" == frigate.state.version[:4]
    base, again = await client.system.locate()
    assert again == version
    assert str(base).rstrip("/") == frigate.internal_url


@EVERY_VERSION
async def test_the_account_in_use_is_returned(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(frigate.internal_url)
    everything = Profile("anonymous", "admin", ("front_door", "Portones"))
    assert await client.system.profile() == everything
    # Frigate says so on this port although every other call works there.
    with pytest.raises(FrigateAuthError):
        await client.system.check_auth()

    gate = connect(frigate.external_url, **GATE)
    profile = await gate.system.profile()
    assert profile == Profile("gate1", "gate", ("Portones",))
    assert profile.may_see("Portones")
    assert not profile.may_see("front_door")
    assert await gate.system.check_auth() == Identity("gate1", "gate")


@ONLY_016
async def test_an_account_sees_every_camera_where_there_are_no_roles_for_some(
    frigate: FakeFrigate, connect: Connect
) -> None:
    viewer = connect(frigate.external_url, **VIEWER)
    # Whoever asked before has left an answer in the cache.
    client = connect(frigate.internal_url)
    assert await client.system.profile() == Profile("anonymous", "admin", None)
    profile = await viewer.system.profile(fresh=True)
    assert profile == Profile("viewer1", "viewer", None)
    assert profile.may_see("front_door")
    assert (await viewer.system.stats()).cameras.keys() == {"front_door", "Portones"}


@EVERY_VERSION
async def test_stats_contain_the_cameras_that_the_account_may_see(
    frigate: FakeFrigate, connect: Connect
) -> None:
    assert (await connect(frigate.internal_url).system.stats()).cameras.keys() == {
        "front_door",
        "Portones",
    }
    stats = await connect(frigate.external_url, **GATE).system.stats()
    expected = {"Portones"} if frigate.state.is_018 else {"front_door", "Portones"}
    assert stats.cameras.keys() == expected


@EVERY_VERSION
async def test_stats_contain_their_age(
    frigate: FakeFrigate, client: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    # Frigate computes them every 15 seconds.
    freezer.tick(29)
    stats = await client.system.stats(fresh=True)
    assert stats.age is not None
    # The header that tells the time has whole seconds.
    assert 13 <= stats.age <= 15
    assert stats.uptime == 15


@EVERY_VERSION
async def test_the_configuration_is_returned(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.add_camera(
        "garden", friendly_name="Jardín", enabled=False, width=640, height=480
    )
    frigate.state.birdseye = True
    config = await client.system.config()
    assert list(config.cameras) == ["front_door", "Portones", "garden"]
    assert config.birdseye_restream
    assert not config.safe_mode
    garden = config.cameras["garden"]
    assert (garden.name, garden.friendly_name) == ("garden", "Jardín")
    assert (garden.enabled, garden.record_enabled) == (False, True)
    assert (garden.detect_width, garden.detect_height) == (640, 480)
    assert config.cameras["front_door"].friendly_name is None


# The faces


@EVERY_VERSION
async def test_the_face_library_is_returned(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    assert await client.faces.library() == FaceLibrary({}, ())
    frigate.add_face("Ana", 2)
    frigate.add_face("José María", 0)
    frigate.state.train = ["a.webp"]
    library = await client.faces.library(fresh=True)
    assert {name: len(files) for name, files in library.people.items()} == {
        "Ana": 2,
        "José María": 0,
    }
    assert library.train == ("a.webp",)


@EVERY_VERSION
async def test_a_viewer_may_not_read_the_face_library(
    frigate: FakeFrigate, connect: Connect
) -> None:
    viewer = connect(frigate.external_url, **VIEWER)
    with pytest.raises(FrigateForbiddenError, match="admin role is required"):
        await viewer.faces.library()
    assert await works(viewer)
    assert await connect(frigate.external_url, **ADMIN).faces.library()


# Pictures


@EVERY_VERSION
async def test_the_latest_image_is_returned(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    picture = await client.media.latest_image("front_door")
    assert picture.content.startswith(JPEG)
    assert picture.content_type == "image/jpeg"
    assert not picture.offline
    small = await client.media.latest_image("front_door", height=60)
    assert small.content.startswith(JPEG)
    queries = [each.query for each in sent(frigate, "/api/front_door/latest.jpg")]
    assert queries == [{}, {"height": "60"}]


@EVERY_VERSION
async def test_the_latest_image_of_a_removed_camera_is_not_found(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.state.cameras["front_door"].online = False
    frigate.state.cameras["front_door"].stopped_at = 0
    picture = await client.media.latest_image("front_door")
    assert picture.content.startswith(JPEG)
    # 0.17 answers with a picture that says so, and with nothing else.
    assert picture.offline is frigate.state.is_018
    frigate.state.cameras["front_door"].online = True
    assert not (await client.media.latest_image("front_door")).offline


@EVERY_VERSION
async def test_birdseye_has_still_images_but_no_mjpeg_stream(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    with pytest.raises(FrigateNotFoundError):
        await client.media.latest_image("birdseye")
    frigate.state.birdseye = True
    assert (await client.media.latest_image("birdseye")).content.startswith(JPEG)
    with pytest.raises(FrigateNotFoundError):
        async with client.media.mjpeg("birdseye", fps=5, height=90):
            pytest.fail("Birdseye has no MJPEG stream")


async def test_a_camera_of_another_role_is_forbidden(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(frigate.external_url, **GATE)
    with pytest.raises(FrigateForbiddenError, match="Access denied to camera"):
        await client.media.latest_image("front_door")
    with pytest.raises(FrigateForbiddenError):
        async with client.media.mjpeg("front_door", fps=5, height=90):
            pytest.fail("This role may not see it")
    assert await client.media.latest_image("Portones")


# Past the cache

type Read = Callable[[FrigateClient, bool], Awaitable[object]]
READS: dict[str, Read] = {
    "/api/stats": lambda client, fresh: client.system.stats(fresh=fresh),
    "/api/config": lambda client, fresh: client.system.config(fresh=fresh),
    "/api/profile": lambda client, fresh: client.system.profile(fresh=fresh),
    "/api/faces": lambda client, fresh: client.faces.library(fresh=fresh),
}


@pytest.mark.parametrize("path", READS)
async def test_the_cache_is_bypassed_only_for_fresh_requests(
    frigate: FakeFrigate,
    client: FrigateClient,
    freezer: FrozenDateTimeFactory,
    path: str,
) -> None:
    read = READS[path]
    before = await read(client, False)
    frigate.add_camera("new")
    frigate.add_face("New")
    assert await read(client, False) == before
    assert await read(client, True) != before
    bypasses = [each.headers.get("X-Cache-Bypass") for each in sent(frigate, path)]
    assert bypasses == [None, None, "1"]
    freezer.tick(6)
    assert await read(client, False) != before


async def test_the_other_routes_do_not_bypass_the_cache(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    await client.system.version()
    await client.system.health()
    await client.media.latest_image("front_door")
    async with client.media.mjpeg("front_door", fps=20, height=90):
        pass
    assert len(frigate.requests) == 4
    assert all("X-Cache-Bypass" not in each.headers for each in frigate.requests)


# Addresses

NAMES = {
    "front door": "front%20door",
    "a/b": "a%2Fb",
    "what?": "what%3F",
    "no#1": "no%231",
    "100%": "100%25",
    "%2e%2e": "%252e%252e",
    "a+b&c=d;e": "a%2Bb%26c%3Dd%3Be",
    "Perú": "Per%C3%BA",
    "門口": "%E9%96%80%E5%8F%A3",
    "📷": "%F0%9F%93%B7",
    "...": "...",
    ".hidden": ".hidden",
    "a:b@c": "a%3Ab%40c",
    "a\\b": "a%5Cb",
    "tab\there\r\n": "tab%09here%0D%0A",
    "latest.jpg": "latest.jpg",
}


@pytest.mark.parametrize("prefix", ["", "/frigate", "/ein%20pfad"])
async def test_camera_names_are_quoted_in_the_path(
    connect: Connect, prefix: str
) -> None:
    picture = http_answer(200, JPEG, "image/jpeg")
    moving = http_answer(200, b"", "multipart/x-mixed-replace;boundary=frame")
    async with wire_server(*(picture, moving) * len(NAMES)) as server:
        client = connect(f"{server.url}{prefix}")
        for name, quoted in NAMES.items():
            server.heads.clear()
            await client.media.latest_image(name, height=90)
            async with client.media.mjpeg(name, fps=5, height=90):
                pass
            assert server.targets == [
                f"{prefix}/api/{quoted}/latest.jpg?height=90",
                f"{prefix}/api/{quoted}?fps=5&height=90",
            ]


@EVERY_VERSION
async def test_cameras_may_have_any_name(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    # The backend behind nginx cannot tell a slash in a name from one in the path.
    names = [name for name in NAMES if "/" not in name]
    for name in names:
        frigate.add_camera(name)
    assert set(names) <= (await client.system.config()).cameras.keys()
    assert set(names) <= (await client.system.stats()).cameras.keys()
    for name in names:
        picture = await client.media.latest_image(name, height=30)
        assert picture.content.startswith(JPEG)
        async with client.media.mjpeg(name, fps=50, height=30) as stream:
            assert await anext(stream.chunks())


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../config", "a/../../config", "a/.", "./a", "\ud800", "a\udfff"],
)
async def test_a_name_that_would_lead_elsewhere_is_not_sent(
    frigate: FakeFrigate, client: FrigateClient, name: str
) -> None:
    with pytest.raises(FrigateArgumentError, match="Not a usable path") as caught:
        await client.media.latest_image(name)
    # So that it can be logged wherever a log goes.
    assert str(caught.value).isascii()
    if name:
        with pytest.raises(FrigateArgumentError):
            async with client.media.mjpeg(name, fps=5, height=90):
                pytest.fail("This was sent")
    assert not frigate.requests
    assert await client.media.latest_image("front_door")


@EVERY_VERSION
@pytest.mark.parametrize("slash", ["", "/"])
async def test_the_base_url_may_have_a_path(
    socket_enabled: None, connect: Connect, slash: str, version: str
) -> None:
    async with FakeFrigate(version, prefix="/frigate") as frigate:
        for client in (
            connect(f"{frigate.internal_url}{slash}"),
            connect(f"{frigate.external_url}{slash}", **VIEWER),
        ):
            assert await works(client)
            assert await client.system.health()
            assert await client.media.latest_image("front_door")
            async with client.media.mjpeg("front_door", fps=20, height=90) as stream:
                assert await anext(stream.chunks())
        assert {each.path for each in frigate.requests} == {
            "/api/",
            "/api/stats",
            "/api/login",
            "/api/front_door",
            "/api/front_door/latest.jpg",
        }


# A restart


@EVERY_VERSION
async def test_an_administrator_restarts_the_server(
    frigate: FakeFrigate, connect: Connect
) -> None:
    with pytest.raises(FrigateForbiddenError):
        await connect(frigate.external_url, **VIEWER).system.restart()
    assert not frigate.state.starting
    admin = connect(frigate.external_url, **ADMIN)
    await admin.system.restart()
    assert frigate.state.starting
    frigate.restart()
    assert await works(admin)
