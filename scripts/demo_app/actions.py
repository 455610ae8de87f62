"""Calling actions through Home Assistant's REST API, as an automation would."""

import asyncio
from collections.abc import Awaitable, Mapping
import json
import secrets
import time
from typing import Any

import aiohttp

from . import DOMAIN, DemoError, say
from .api import Api, Json
from .frigate import Target
from .pictures import count_frames
from .registry import Entity

_GUEST = "demo_guest"
_LONGEST_LINE = 150
_CLIP_SECONDS = 120
# What the simulated cameras record.
_FRAMES_A_SECOND = 5


async def check_actions(
    api: Api,
    entities: list[Entity],
    targets: Mapping[str, Target],
    missing: list[str],
) -> None:
    """Call actions at all servers at once; what changes something, at simulated ones."""
    work: list[Awaitable[None]] = []
    for entry_id, target in targets.items():
        caller = _Caller(api, entry_id)
        calls = [_ask(caller)]
        if target.expected:
            calls.append(_change(caller))
        if target.expected and (camera := _camera_of(entities, entry_id)) is not None:
            calls += [_export(caller, camera), _download(api, caller, camera)]
        work += [_noting(call, target, missing) for call in calls]
    await asyncio.gather(*work)


def _camera_of(entities: list[Entity], entry_id: str) -> str | None:
    """Return a camera of a server."""
    for one in entities:
        if one.entry_id == entry_id and (one.platform, one.kind) == ("camera",) * 2:
            return one.entity_id
    return None


class _Caller:
    """Calls the actions of one server and prints what they answer."""

    def __init__(self, api: Api, entry_id: str) -> None:
        self._api = api
        self._entry_id = entry_id

    async def server(self, action: str, **fields: Any) -> Json:
        """Call an action of the server."""
        return await self.call(action, {"config_entry_id": self._entry_id, **fields})

    async def call(self, action: str, fields: Json) -> Json:
        """Call an action and return its answer."""
        answer = await self._api.post(
            f"/api/services/{DOMAIN}/{action}?return_response", fields
        )
        response: Json = answer["service_response"]
        line = json.dumps(response, ensure_ascii=False)
        if len(line) > _LONGEST_LINE:
            line = f"{line[:_LONGEST_LINE]} ..."
        say(f"action  {action}: {line}")
        return response


async def _ask(caller: _Caller) -> None:
    status = await caller.server("get_status")
    _expect(status["alive"] is True, "get_status says that Frigate is not alive")


async def _change(caller: _Caller) -> None:
    """Let a guest come and go, and have the waiting faces looked at again."""
    password = secrets.token_urlsafe(16)
    await caller.server("create_user", username=_GUEST, password=password)
    _expect(_GUEST in await _users(caller), "create_user created nobody")
    await caller.server("delete_user", username=_GUEST)
    _expect(_GUEST not in await _users(caller), "delete_user deleted nobody")
    faces = await caller.server("reprocess_faces")
    _expect(bool(faces["images"]), "reprocess_faces found no image")


async def _users(caller: _Caller) -> set[str]:
    answer = await caller.server("get_users")
    return {user["username"] for user in answer["users"]}


async def _export(caller: _Caller, camera: str) -> None:
    """Export half a minute and find it in the list."""
    answer = await caller.call(
        "create_export",
        {"entity_id": camera, "duration": "00:00:30", "wait_for_result": True},
    )
    export = answer[camera]
    _expect(export["in_progress"] is False, "create_export did not wait")
    listed = await caller.server("get_exports")
    ids = {one["export_id"] for one in listed["exports"]}
    _expect(export["export_id"] in ids, "get_exports does not list the new export")
    await caller.server("delete_exports", export_ids=[export["export_id"]])


async def _download(api: Api, caller: _Caller, camera: str) -> None:
    """Save a clip, find it in the media browser, fetch it back and count its frames."""
    end = int(time.time()) - 70
    answer = await caller.call(
        "download_clip",
        {
            "entity_id": camera,
            "start_time": end - _CLIP_SECONDS,
            "end_time": end,
            "chunk_duration": 30,
        },
    )
    media_id = answer[camera]["media_content_id"]
    folder, resolved = await api.commands(
        {
            "type": "media_source/browse_media",
            "media_content_id": media_id.rpartition("/")[0],
        },
        {"type": "media_source/resolve_media", "media_content_id": media_id},
    )
    listed = {child["media_content_id"] for child in folder["children"]}
    _expect(media_id in listed, "the media browser does not show the clip")
    async with api.open(resolved["url"]) as response:
        frames = count_frames(await response.read())
    say(f"clip    {answer[camera]['path']}: {frames} frames")
    _expect(
        frames >= _CLIP_SECONDS * _FRAMES_A_SECOND * 0.98, "the clip lacks some frames"
    )


def _expect(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise DemoError(otherwise)


async def _noting(call: Awaitable[None], target: Target, missing: list[str]) -> None:
    """Note what went wrong at a server, and go on."""
    try:
        await call
    except (DemoError, aiohttp.ClientError, TimeoutError, KeyError) as err:
        missing.append(f"{target.title}: {str(err) or type(err).__name__}")
