"""The client knows the version of Frigate and chooses the routes of that version."""

import pytest

from custom_components.frigate_http.aiofrigate import (
    Capabilities,
    FeatureState,
    FrigateClient,
    FrigateDataError,
    FrigateLiveError,
    FrigateNotFoundError,
    Version,
)
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import text_answer
from tests.versions import SINCE_018, WITH_016

from .conftest import sent
from .test_live import Listener

DETECT = "/api/camera/front_door/set/detect"


def _of(text: str | None) -> Capabilities:
    return Capabilities(Version.parse(text))


@pytest.mark.parametrize(
    ("version", "is_supported", "is_018"),
    [
        (None, None, None),
        ("dev", None, None),
        ("0.13.2", False, False),
        ("0.15.2-3d4dd3a", False, False),
        ("0.16.0-rc1", True, False),
        ("0.16.4-3d4dd3a", True, False),
        ("0.17.2-3d4dd3a", True, False),
        ("0.18.0-beta1", True, True),
        ("1.0", True, True),
    ],
)
def test_capabilities_follow_from_the_version(
    version: str | None, is_supported: bool | None, is_018: bool | None
) -> None:
    found = _of(version)
    assert found.is_supported is is_supported
    assert found.has_export_jobs is is_018
    assert found.sets_features_over_http is is_018
    assert found.lets_viewers_move_cameras is is_018
    assert found.has_connection_stats is is_018
    assert found.summarizes_for_administrators_only is is_018
    assert found.lists_storage_for_administrators_only is is_018


@pytest.mark.parametrize(
    ("version", "is_017"),
    [(None, None), ("0.16.4", False), ("0.17.0-beta1", True), ("0.18.0", True)],
)
def test_capabilities_that_came_with_0_17(
    version: str | None, is_017: bool | None
) -> None:
    found = _of(version)
    assert found.marks_as_unreviewed is is_017
    assert found.caches_by_account is is_017
    assert found.pushes_current_sounds is is_017
    assert found.has_camera_roles is is_017
    assert found.lists_gaps is is_017
    assert found.reports_unknown_accounts is is_017
    assert found.summarizes_reviews is is_017


@WITH_016
async def test_capabilities_are_known_from_the_stats_without_another_request(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    assert client.capabilities == Capabilities()
    await client.system.stats()
    assert client.capabilities.has_export_jobs is frigate.state.is_018
    assert await client.system.ensure_capabilities() == client.capabilities
    assert [one.path for one in frigate.requests] == ["/api/stats"]


@WITH_016
async def test_an_unknown_version_is_requested_once(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    capabilities = await client.system.ensure_capabilities()
    assert capabilities.has_export_jobs is frigate.state.is_018
    assert await client.system.ensure_capabilities() is capabilities
    assert len(sent(frigate, "/api/version")) == 1


async def test_capabilities_change_with_the_version_after_a_restart(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    await client.system.stats()
    assert client.capabilities.has_export_jobs is False
    frigate.fail("/api/stats", Fault.json({"service": {"version": "0.18.0-abc"}}))
    await client.system.stats(fresh=True)
    assert client.capabilities.has_export_jobs is True
    # A build of one's own, of which nothing can be told.
    frigate.clear_faults()
    frigate.fail("/api/stats", Fault.json({"service": {"version": "my-build"}}))
    await client.system.stats(fresh=True)
    assert client.capabilities == Capabilities()


async def test_an_invalid_version_is_an_error_and_not_guessed(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.fail("/api/version", Fault("answer", text_answer("my-build")))
    with pytest.raises(FrigateDataError):
        await client.exports.jobs()
    assert not sent(frigate, "/api/jobs/export")
    frigate.clear_faults()
    assert await client.exports.jobs() == ()


@WITH_016
async def test_a_feature_is_set_over_http_or_the_websocket_depending_on_the_version(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    await client.system.stats()
    if frigate.state.is_018:
        await client.controls.set("front_door", "detect", "OFF")
    else:
        with pytest.raises(FrigateLiveError, match="no live connection"):
            await client.controls.set("front_door", "detect", "OFF")
        listener = Listener()
        listener.listen_to(client)
        await listener.until(connects=1)
        await client.controls.set("front_door", "detect", "OFF")
        while FeatureState("front_door", "detect", False) not in listener.updates:
            await listener.until(updates=len(listener.updates) + 1)
        await client.live.stop()
    assert bool(sent(frigate, DETECT, "PUT")) is frigate.state.is_018
    config = await client.system.config(fresh=True)
    assert config.cameras["front_door"].features["detect"] is False


@WITH_016
async def test_http_and_then_the_websocket_are_tried_if_the_version_is_unknown(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    try:
        await client.controls.set("front_door", "detect", "OFF")
    except FrigateLiveError:
        # There is no connection, and so the second way was tried.
        assert not frigate.state.is_018
    assert len(sent(frigate, DETECT, "PUT")) == 1


@SINCE_018
async def test_an_unknown_camera_is_an_error_if_the_version_is_known(
    client: FrigateClient,
) -> None:
    await client.system.stats()
    with pytest.raises(FrigateNotFoundError):
        await client.controls.set("nowhere", "detect", "OFF")


@WITH_016
async def test_moving_a_camera_needs_the_websocket(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    with pytest.raises(FrigateLiveError):
        await client.controls.move("front_door", "MOVE_UP")
    assert frigate.ptz_commands == []
