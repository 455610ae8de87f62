"""Reviews: alerts and detections that a person can review."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self

from .byte_ranges import ByteRange
from .errors import (
    FrigateBadRequestError,
    FrigateDataError,
    FrigateGenAiDisabledError,
    FrigateNotFoundError,
)
from .lanes import Lane
from .messages import Stream
from .models import StillImage
from .paging import TICK
from .parsing import as_bool, as_date, as_dict, as_int, as_name, as_names, as_timestamp
from .resource import Resource
from .review_texts import ReviewTexts
from .routes import Query, as_list, route
from .system import System
from .thumbnails import clips_route, get_thumbnail
from .transport import Transport
from .videos import Method, open_video

_EARLIEST = 1.0
"""The earliest time that can be sent: Frigate takes 0 for no time."""
_ALL = 2
"""Asks for reviewed and for other items; 0.16 leaves the reviewed ones out by default."""
_PAGE = 100
"""How many items are read at once, at least, to find those that are (not) reviewed."""
_MAX_DAYS = 4000
"""The most days of a summary: more than ten years."""
_MAX_PAGES = 50
"""How often to read on: a server could go on for ever."""
_SUMMARY_TIMEOUT = 120.0
_MAX_SUMMARY = 20_000
"""Characters of a summary that are kept: a model may write without end."""
_NO_GENAI = "GenAI must be configured"
_VERIFIED = "-verified"
"""The end of a label of an object with a sub label."""


@dataclass(frozen=True, slots=True)
class Review:
    """A review item: a period with activity at one camera."""

    review_id: str
    camera: str | None
    severity: str | None
    """`alert` or `detection`."""
    start: float | None
    """Seconds since the epoch."""
    end: float | None
    """Seconds since the epoch; None while it is in progress, or if it is unknown."""
    has_ended: bool
    """Whether there is an end, even one that is no time of any calendar."""
    reviewed: bool | None
    """Whether this account has reviewed it."""
    objects: tuple[str, ...]
    """Labels as Frigate sends them: `person-verified` is one with a sub label."""
    zones: tuple[str, ...]
    sub_labels: tuple[str, ...]
    audio: tuple[str, ...]
    event_ids: tuple[str, ...]
    texts: ReviewTexts | None = field(default=None, repr=False)
    """What a language model wrote about it; None unless it did, which is after the end."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read an item of `/api/review`; None without an id."""
        if (review_id := as_name(data.get("id"))) is None:
            return None
        details = as_dict(data.get("data"))
        return cls(
            review_id,
            as_name(data.get("camera")),
            as_name(data.get("severity")),
            as_timestamp(data.get("start_time")),
            as_timestamp(data.get("end_time")),
            data.get("end_time") is not None,
            as_bool(data.get("has_been_reviewed")),
            as_names(details.get("objects")),
            as_names(details.get("zones")),
            as_names(details.get("sub_labels")),
            as_names(details.get("audio")),
            as_names(details.get("detections")),
            ReviewTexts.from_api(as_dict(details.get("metadata"))),
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the different labels of the objects."""
        return tuple(dict.fromkeys(one.removesuffix(_VERIFIED) for one in self.objects))


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """Numbers of items of the last 24 hours that this account has not reviewed."""

    unreviewed_alerts: int | None
    unreviewed_detections: int | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read `{"reviewed_alert", "total_alert", ...}`; null stands for 0."""
        return cls(_unreviewed(data, "alert"), _unreviewed(data, "detection"))


def _unreviewed(data: Mapping[str, Any], severity: str) -> int | None:
    total, reviewed = (
        _count(data, f"{one}_{severity}") for one in ("total", "reviewed")
    )
    return None if total is None or reviewed is None else max(0, total - reviewed)


def _count(data: Mapping[str, Any], key: str) -> int | None:
    """Return a number of items; Frigate sends null for a sum of nothing."""
    if key in data and data[key] is None:
        return 0
    count = as_int(data.get(key))
    return None if count is None else max(0, count)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDay:
    """The number of items of a day, in some time zone."""

    day: date
    alerts: int | None
    detections: int | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read `{"day": "2026-11-26", "total_alert", "total_detection"}`; null for 0."""
        if (day := as_date(data.get("day"))) is None:
            return None
        return cls(
            day=day,
            alerts=_count(data, "total_alert"),
            detections=_count(data, "total_detection"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFilter:
    """A filter for review items; what is empty or None does not filter."""

    cameras: Sequence[str] = ()
    labels: Sequence[str] = ()
    """Those of objects and sounds; also of objects that were recognized."""
    zones: Sequence[str] = ()
    severity: str | None = None
    after: float | None = None
    """Seconds since the epoch; only items that end later. None: 24 hours ago."""
    before: float | None = None
    """Seconds since the epoch; only items that begin earlier. None: now."""
    reviewed: bool | None = None
    limit: int = 100

    def as_query(self) -> Query:
        """Return the query: lists joined by commas.

        It asks for all items, whether reviewed or not: what else it could say means
        something else on each version.
        """
        query: dict[str, str | float] = {"limit": self.limit, "reviewed": _ALL}
        if self.cameras:
            query["cameras"] = as_list(self.cameras)
        if self.labels:
            query["labels"] = as_list(_with_verified(self.labels))
        if self.zones:
            query["zones"] = as_list(self.zones)
        if self.severity is not None:
            query["severity"] = self.severity
        if self.after is not None:
            query["after"] = max(self.after, _EARLIEST)
        if self.before is not None:
            query["before"] = max(self.before, _EARLIEST)
        return query


def _with_verified(labels: Iterable[str]) -> Iterable[str]:
    """Return labels as Frigate compares them, where `person` is not `person-verified`."""
    plain = dict.fromkeys(one.removesuffix(_VERIFIED) for one in labels)
    return (label for one in plain for label in (one, f"{one}{_VERIFIED}"))


class Reviews(Resource):
    """Review items, and what this account has reviewed."""

    def __init__(self, transport: Transport, system: System) -> None:
        """Send everything through a transport, as the version of the server wants it."""
        super().__init__(transport)
        self._system = system

    async def list(
        self, wanted: ReviewFilter | None = None, *, fresh: bool = False
    ) -> tuple[Review, ...]:
        """Return review items, the most recent first (`GET /api/review`).

        Raises:
            FrigateDataError: the answer is not a list of items.
        """
        wanted = wanted or ReviewFilter()
        if wanted.reviewed is None:
            return await self._page(wanted, fresh=fresh)
        page = replace(wanted, limit=max(wanted.limit, _PAGE))
        found: dict[str, Review] = {}
        matching: list[Review] = []
        for _number in range(_MAX_PAGES):
            items = await self._page(page, fresh=fresh)
            is_last = len(items) < page.limit or all(
                one.review_id in found for one in items
            )
            found |= {one.review_id: one for one in items}
            matching = [
                one for one in found.values() if one.reviewed is wanted.reviewed
            ]
            starts = [one.start for one in items if one.start is not None]
            if is_last or len(matching) >= wanted.limit or not starts:
                break
            page = replace(page, before=min(starts) + TICK)
        return tuple(matching[: wanted.limit])

    async def _page(self, wanted: ReviewFilter, *, fresh: bool) -> tuple[Review, ...]:
        answer = await self._transport.request(
            "GET", "/api/review", query=wanted.as_query(), fresh=fresh
        )
        return answer.models(Review.from_api, "This is not a list of reviews")

    async def get(self, review_id: str) -> Review:
        """Return one item (`GET /api/review/{review_id}`).

        Raises:
            FrigateNotFoundError: there is no such item.
            FrigateForbiddenError: the account may not see its camera.
            FrigateDataError: the answer is not an item.
        """
        target = route("/api/review/{review_id}", review_id=review_id)
        answer = await self._transport.request("GET", target)
        return answer.required(
            Review.from_api(answer.json(dict)), "This is not a review item"
        )

    async def summarize(self, start: float, end: float) -> str:
        """Let a language model summarize a period, for which its owner may have to pay.

        `POST /api/review/summarize/start/{start}/end/{end}`, since 0.17. Where there is
        nothing to tell, Frigate answers with one of two fixed sentences. It is never sent
        twice, and takes up to two minutes.

        Args:
            start: seconds since the epoch.
            end: seconds since the epoch.

        Raises:
            FrigateGenAiDisabledError: no language model is configured.
            FrigateForbiddenError: since 0.18: the account is not an administrator's.
            FrigateServerError: the model has not answered.
            FrigateDataError: there is no text in the answer.
        """
        target = route(
            "/api/review/summarize/start/{start}/end/{end}", start=start, end=end
        )
        try:
            answer = await self._transport.request(
                "POST",
                target,
                lane=Lane.SUMMARIES,
                timeout=_SUMMARY_TIMEOUT,
                is_costly=True,
            )
        except FrigateBadRequestError as err:
            if err.message.startswith(_NO_GENAI):
                raise FrigateGenAiDisabledError(err.message, err.status) from None
            raise
        summary = answer.json(dict).get("summary")
        text = summary.strip() if isinstance(summary, str) else ""
        return answer.required(
            answer.mask(text[:_MAX_SUMMARY]) or None, "The answer has no summary"
        )

    @property
    def _shares_cache(self) -> bool:
        """Return whether what nginx keeps may be what another account has reviewed."""
        return self._system.capabilities.caches_by_account is False

    async def summary(self, *, fresh: bool = False) -> ReviewSummary:
        """Return the summary of the last 24 hours (`GET /api/review/summary`).

        Raises:
            FrigateDataError: the answer is not a summary.
        """
        answer = await self._transport.request(
            "GET", "/api/review/summary", fresh=fresh or self._shares_cache
        )
        last = answer.json(dict).get("last24Hours")
        if not isinstance(last, dict):
            raise FrigateDataError("This is not a summary of reviews", answer.status)
        return ReviewSummary.from_api(last)

    async def days(
        self, timezone: str, cameras: Sequence[str] = ()
    ) -> tuple[ReviewDay, ...]:
        """Return the days with items, the latest first (`GET /api/review/summary`).

        Args:
            timezone: its IANA name; Frigate silently takes UTC for one that it does not
                know.
            cameras: names of cameras; all unless given.

        Raises:
            FrigateDataError: the answer is not a summary.
        """
        query = {"timezone": timezone}
        if cameras:
            query["cameras"] = as_list(cameras)
        answer = await self._transport.request(
            "GET", "/api/review/summary", query=query, fresh=self._shares_cache
        )
        summary = answer.json(dict)
        if not isinstance(summary.get("last24Hours"), dict):
            raise FrigateDataError("This is not a summary of reviews", answer.status)
        found = (ReviewDay.from_api(as_dict(one)) for one in summary.values())
        days = {one.day: one for one in found if one is not None}
        return tuple(days[one] for one in sorted(days)[::-1][:_MAX_DAYS])

    async def thumbnail(self, camera: str, review_id: str) -> StillImage:
        """Return the thumbnail of an item (`GET /clips/review/{file}`).

        Before 0.18, Frigate hands it to every account, whatever cameras it may see.

        Raises:
            FrigateArgumentError: the camera or the id cannot be part of a file's name.
            FrigateNotFoundError: there is none.
            FrigateForbiddenError: since 0.18: the account may not see the camera.
            FrigateDataError: the answer is not an image.
        """
        target = clips_route("review", f"thumb-{camera}-{review_id}.webp")
        return await get_thumbnail(self._transport, target)

    @asynccontextmanager
    async def preview(
        self,
        review_id: str,
        *,
        method: Method = "GET",
        byte_range: ByteRange | None = None,
    ) -> AsyncGenerator[Stream]:
        """Stream the preview of an item: small, without sound, and sped up.

        `GET` or `HEAD /api/review/{review_id}/preview`. Frigate makes an MP4 file of its
        preview frames.

        Args:
            review_id: the id of the item.
            method: `HEAD` for the headers alone.
            byte_range: the part of the file.

        Raises:
            FrigateNotFoundError: on entering: there is no such item, or no preview of it.
            FrigateForbiddenError: on entering: the account may not see its camera.
            FrigateRangeError: on entering: the file ends before the range.
            FrigateError: on entering, for any other failure.
        """
        target = route("/api/review/{review_id}/preview", review_id=review_id)
        async with open_video(
            self._transport,
            target,
            query={"format": "mp4"},
            byte_range=byte_range,
            method=method,
        ) as stream:
            yield stream

    async def mark(self, review_ids: Iterable[str], *, reviewed: bool = True) -> None:
        """Mark items as reviewed by this account, or not (`POST /api/reviews/viewed`).

        Before 0.17, this route marks them as reviewed whatever it is sent, and
        `DELETE /api/review/{review_id}/viewed` marks one of them as not reviewed.

        Frigate silently ignores unknown ids.

        Raises:
            FrigateForbiddenError: the account may not see the camera of one item; the
                items before it are marked.
        """
        if not reviewed and self._system.capabilities.marks_as_unreviewed is False:
            for review_id in review_ids:
                await self._mark_as_unreviewed(review_id)
            return
        answer = await self._transport.request(
            "POST",
            "/api/reviews/viewed",
            data={"ids": [*review_ids], "reviewed": reviewed},
        )
        # An HTML page comes from a proxy: Frigate has not carried out the command.
        answer.json(dict)

    async def _mark_as_unreviewed(self, review_id: str) -> None:
        target = route("/api/review/{review_id}/viewed", review_id=review_id)
        with suppress(FrigateNotFoundError):
            answer = await self._transport.request("DELETE", target)
            answer.refuse_html()
