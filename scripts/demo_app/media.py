"""Looking back: every folder of the media browser, and one of each kind of item played."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
import io
from itertools import islice
import re

import aiohttp
import av
from av.error import FFmpegError
from PIL import Image, UnidentifiedImageError
from yarl import URL

from tests.mp4.scene_clock import corner, read_clock

from . import DOMAIN, DemoError, say
from .api import Api, Json
from .frigate import Target
from .past import EXPORT, PLATE, UNFINISHED_EXPORT
from .visits import VISITOR

# Of a real server only the beginnings of folders are opened, as it may have very many.
_FEW = 3
_THUMBNAILS = 3
_KINDS = ("review", "event", "recording", "export", "snapshot")
_HLS, _PLAYLIST, _MP4 = (
    "application/x-mpegURL",
    "application/vnd.apple.mpegurl",
    "video/mp4",
)
# Each second begins with a keyframe, and a video with the one before what was asked for.
_KEYFRAMES = 1
_INIT = re.compile(r'URI="(.+)"')
_START = re.compile(r"/(?:vod|clip)/[^/]+/([\d.]+)/")


async def check_media(
    api: Api, targets: Mapping[str, Target], missing: list[str]
) -> None:
    """Look back at all servers at once."""
    await asyncio.gather(
        *(
            _check(_Visit(api, entry_id, one), missing)
            for entry_id, one in targets.items()
        )
    )


async def _check(visit: _Visit, missing: list[str]) -> None:
    try:
        await visit.look_around()
    except (DemoError, aiohttp.ClientError, TimeoutError, LookupError) as err:
        missing.append(f"{visit.title}: looking back: {str(err) or type(err).__name__}")


class _Visit:
    """Somebody who looks back at what a server has recorded."""

    def __init__(self, api: Api, entry_id: str, target: Target) -> None:
        self.title = target.title
        self._api = api
        self._root = f"media-source://{DOMAIN}/{entry_id}"
        self._simulated = bool(target.expected)
        # It finds what comes nearest, however far that is.
        self._by_meaning = target.server and target.server.state.semantic_search

    async def look_around(self) -> None:
        """Open every folder, look at thumbnails, and play one of each kind."""
        items = [one for one in await self._walk(self._root) if self._stays(one)]
        kinds = Counter(_kind(one) for one in items)
        counts = ", ".join(f"{kinds[kind]} {kind}" for kind in sorted(kinds))
        say(f"media   {self.title}: {counts}")
        await self._see_thumbnails(items)
        if self._simulated:
            await self._refuse_unfinished(items)
            await self._search()
        for kind in _KINDS:
            ids = [
                one["media_content_id"]
                for one in items
                if _kind(one) == kind and one["can_play"]
            ]
            if ids:
                # Neither the first nor the last: these may not be recorded to their ends.
                await self._play(kind, ids[len(ids) // 3])
            elif self._simulated:
                raise DemoError(f"there is no {kind} to be played")

    def _stays(self, item: Json) -> bool:
        """Return whether something is there for long: actions make exports, and delete them."""
        named = item["title"].startswith((EXPORT, UNFINISHED_EXPORT))
        return named or not self._simulated or _kind(item) != "export"

    async def _walk(self, media_id: str) -> list[Json]:
        """Return everything in a folder and in those below it."""
        (folder,) = await self._api.commands(
            {"type": "media_source/browse_media", "media_content_id": media_id}
        )
        items: list[Json] = []
        for child in folder["children"][: None if self._simulated else _FEW]:
            _expect(bool(child["title"]), f"{child['media_content_id']} has no title")
            if child["can_expand"]:
                items += await self._walk(child["media_content_id"])
            else:
                items.append(child)
        return items

    async def _see_thumbnails(self, items: list[Json]) -> None:
        """Fetch some thumbnails of each kind, as the frontend does."""
        for kind in _KINDS:
            paths = [
                one["thumbnail"]
                for one in items
                if _kind(one) == kind and one["thumbnail"]
            ]
            for path in paths[:_THUMBNAILS]:
                headers, body = await self._api.fetch(path)
                _expect_image(headers, body)

    async def _refuse_unfinished(self, items: list[Json]) -> None:
        """See that an export that is in progress is not played, and why."""
        unfinished = [one["media_content_id"] for one in items if not one["can_play"]]
        _expect(len(unfinished) == 1, f"{len(unfinished)} items cannot be played")
        try:
            await self._resolve(unfinished[0])
        except DemoError as err:
            _expect("still in progress" in str(err), f"an unfinished export: {err}")
        else:
            raise DemoError("An export that is in progress can be played.")

    async def _search(self) -> None:
        """Search for what is there, and for what is not."""
        for folder, query in (("", VISITOR), ("", PLATE), ("/exports", EXPORT)):
            titles = await self._found(folder, query)
            _expect(bool(titles), f"a search for {query} finds nothing")
            others = [one for one in titles if query not in one]
            _expect(not others, f"a search for {query} finds {others}")
            say(f"search  {self.title}: {query}, {len(titles)} found")
        nobody = self._by_meaning or not await self._found("", "nobody")
        _expect(nobody, "a search for nobody finds someone")

    async def _found(self, folder: str, query: str) -> list[str]:
        (found,) = await self._api.commands(
            {
                "type": "media_source/search_media",
                "media_content_id": f"{self._root}{folder}",
                "search_query": query,
            }
        )
        return [one["title"] for one in found["result"]]

    # Playing

    async def _play(self, kind: str, media_id: str) -> None:
        match kind:
            case "snapshot":
                url, mime_type = await self._resolve(media_id)
                headers, body = await self._api.fetch(url, logged_in=False)
                _expect_image(headers, body)
                _expect(headers["Content-Type"] == mime_type, f"it is no {mime_type}")
            case "export":
                await self._play_file(media_id)
            case _:
                await self._play_segments(media_id)
        if kind == "review":
            await self._play_file(media_id.replace("/hls/", "/mp4/"))
            await self._play_file(media_id.replace("/review/hls/", "/review-preview/"))
        say(f"play    {self.title}: {kind}")

    async def _resolve(self, media_id: str) -> tuple[str, str]:
        (found,) = await self._api.commands(
            {"type": "media_source/resolve_media", "media_content_id": media_id}
        )
        return found["url"], found["mime_type"]

    async def _play_segments(self, media_id: str) -> None:
        """Play the first segment as a player does, to which nobody has logged in."""
        url, mime_type = await self._resolve(media_id)
        _expect(mime_type == _HLS, f"{media_id} is {mime_type}")
        (name,) = _names(await self._fetch(url, _PLAYLIST))
        playlist = await self._fetch(base := _joined(url, name), _PLAYLIST)
        first = next(_names(playlist))
        if (init := _INIT.search(playlist.decode())) is None:
            raise DemoError("A playlist names no initialization segment.")
        parts = [
            await self._fetch(_joined(base, one), _MP4) for one in (init[1], first)
        ]
        self._expect_video(url, b"".join(parts))

    async def _play_file(self, media_id: str) -> None:
        """Play a file, and begin again in the middle of it."""
        url, mime_type = await self._resolve(media_id)
        _expect(mime_type == _MP4, f"{media_id} is {mime_type}")
        body = await self._fetch(url, _MP4)
        index, data = body.find(b"moov"), body.find(b"mdat")
        _expect(body[4:8] == b"ftyp" and 0 < index < data, "the index is not in front")
        self._expect_video(url, body)
        half = len(body) // 2
        headers, rest = await self._api.fetch(
            url, logged_in=False, status=206, Range=f"bytes={half}-"
        )
        whole = f"bytes {half}-{len(body) - 1}/{len(body)}"
        _expect(
            headers["Content-Range"] == whole, f"it sends {headers['Content-Range']}"
        )
        _expect(rest == body[half:], "the second half is another one")

    async def _fetch(self, url: str, kind: str) -> bytes:
        headers, body = await self._api.fetch(url, logged_in=False)
        found = headers["Content-Type"]
        _expect(found == kind, f"{URL(url).name} is {found} instead of {kind}")
        return body

    def _expect_video(self, url: str, video: bytes) -> None:
        """Decode a picture, and see that it is of the moment that was asked for."""
        picture = first_picture(video)
        if not self._simulated or (start := _START.search(url)) is None:
            return
        shown, asked = read_clock(corner(picture)), int(float(start[1]))
        _expect(
            shown is not None and abs(shown - asked) <= _KEYFRAMES,
            f"the video of {asked} shows {shown}",
        )


def _kind(item: Json) -> str:
    kind: str = item["media_content_id"].split("/")[4]
    return kind


def _names(playlist: bytes) -> Iterator[str]:
    """Yield what a playlist names."""
    for line in playlist.decode().splitlines():
        if line and not line.startswith("#"):
            yield line


def _joined(url: str, name: str) -> str:
    return str(URL(url).with_query(None).join(URL(name)))


def first_picture(video: bytes) -> Image.Image:
    """Return the first picture of a video."""
    try:
        with av.open(io.BytesIO(video), "r") as source:
            (frame,) = islice(source.decode(source.streams.video[0]), 1)
    except (FFmpegError, ValueError) as err:
        raise DemoError(f"A video cannot be decoded: {err}.") from err
    (plane,) = frame.reformat(format="rgb24").planes
    size, lines = (frame.width, frame.height), ("raw", "RGB", plane.line_size, 1)
    return Image.frombytes("RGB", size, bytes(plane), *lines)


def _expect_image(headers: Mapping[str, str], body: bytes) -> None:
    """Decode the whole image, whose type must be what was said of it."""
    try:
        with Image.open(io.BytesIO(body)) as image:
            image.load()
            kind = image.get_format_mimetype()
    except (UnidentifiedImageError, OSError) as err:
        raise DemoError(f"A thumbnail is no image: {err}.") from err
    said = headers["Content-Type"]
    _expect(said == kind, f"an image is {kind}, but {said} is said")


def _expect(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise DemoError(otherwise)
