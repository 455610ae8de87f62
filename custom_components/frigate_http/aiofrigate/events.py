"""Events: objects and sounds that were detected, and manually created events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Self

from .errors import (
    FrigateBadRequestError,
    FrigateGenAiDisabledError,
    FrigateSearchDisabledError,
)
from .lanes import Lane
from .models import StillImage
from .parsing import (
    MAX_DESCRIPTION,
    MAX_FILES,
    as_bool,
    as_dict,
    as_float,
    as_name,
    as_names,
    as_text,
    as_timestamp,
)
from .resource import Resource
from .routes import Query, as_list, route
from .thumbnails import get_thumbnail

DEFAULT_LENGTH = 30
"""Default duration of a created event, in seconds."""
_MAX_ATTRIBUTES = 50
_PLATE = "recognized_license_plate"
_SEARCH_TIMEOUT = 30.0
_SEARCH_DISABLED = "Semantic search is not enabled"
_GENAI = "generative ai"
_ALL_FOUND = 1000
"""More than Frigate finds: the 200 nearest, each as often as it is in a review item."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event: a tracked object, a sound, or a manually created one."""

    event_id: str
    camera: str | None
    label: str | None
    sub_label: str | None
    """A more specific name, such as that of a person or a delivery service."""
    zones: tuple[str, ...]
    start: float | None
    """Seconds since the epoch."""
    end: float | None
    """Seconds since the epoch; None while it is in progress, or if it is unknown."""
    has_ended: bool
    """Whether there is an end, even one that is no time of any calendar."""
    has_clip: bool | None
    has_snapshot: bool | None
    score: float | None
    """The highest score, from 0 to 1."""
    retained: bool | None
    """Whether it is retained indefinitely."""
    kind: str | None
    """`object`, `audio`, or `api` for a manually created event."""
    plate: str | None
    """The recognized license plate."""
    sub_label_score: float | None
    """Score of the sub label, from 0 to 1."""
    plate_score: float | None
    """Score of the plate, from 0 to 1."""
    description: str | None = field(default=None, repr=False)
    """What a language model or a person wrote about it, at most 4,000 characters."""
    attributes: tuple[tuple[str, str], ...] = ()
    """Names of custom models, each with what it says of the object."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read an item of `/api/events`; None without an id."""
        if (event_id := as_name(data.get("id"))) is None:
            return None
        details = as_dict(data.get("data"))
        scores = (details.get("top_score"), details.get("score"), data.get("top_score"))
        return cls(
            event_id,
            as_name(data.get("camera")),
            as_name(data.get("label")),
            as_name(data.get("sub_label")),
            as_names(data.get("zones")),
            as_timestamp(data.get("start_time")),
            as_timestamp(data.get("end_time")),
            data.get("end_time") is not None,
            as_bool(data.get("has_clip")),
            as_bool(data.get("has_snapshot")),
            next((one for one in map(as_float, scores) if one is not None), None),
            as_bool(data.get("retain_indefinitely")),
            as_name(details.get("type")),
            as_name(details.get(_PLATE)),
            as_float(details.get("sub_label_score")),
            as_float(details.get("recognized_license_plate_score")),
            as_text(details.get("description"), MAX_DESCRIPTION),
            tuple(islice(_attributes(details), _MAX_ATTRIBUTES)),
        )


def _attributes(details: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    # Frigate stores what a model says under its name, and the score beside it.
    for model, value in details.items():
        result, is_scored = as_name(value), f"{model}_score" in details
        if is_scored and result and as_name(model) and model != _PLATE:
            yield model, result


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """A filter for events; what is empty or None does not filter."""

    cameras: Sequence[str] = ()
    labels: Sequence[str] = ()
    zones: Sequence[str] = ()
    sub_labels: Sequence[str] = ()
    plates: Sequence[str] = ()
    """Recognized license plates."""
    after: float | None = None
    """Seconds since the epoch; the event began later than this."""
    before: float | None = None
    """Seconds since the epoch; the event began earlier than this."""
    in_progress: bool | None = None
    has_clip: bool | None = None
    has_snapshot: bool | None = None
    limit: int = 100

    def as_query(self) -> Query:
        """Return the query: lists joined by commas, booleans as 0 and 1."""
        lists = {
            "cameras": self.cameras,
            "labels": self.labels,
            "zones": self.zones,
            "sub_labels": self.sub_labels,
            "recognized_license_plate": self.plates,
        }
        numbers = {
            "after": self.after,
            "before": self.before,
            "in_progress": self.in_progress,
            "has_clip": self.has_clip,
            "has_snapshot": self.has_snapshot,
        }
        return {
            "limit": self.limit,
            # A thumbnail in each event makes the answer many times as large.
            "include_thumbnails": 0,
            **{name: as_list(one) for name, one in lists.items() if one},
            **{
                name: int(one) if isinstance(one, bool) else one
                for name, one in numbers.items()
                if one is not None
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEvent:
    """An event that semantic search has found."""

    event: Event
    distance: float | None
    """How far it is from what was searched; only to be compared within one search."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read an item of `/api/events/search`; None without an id."""
        if (event := Event.from_api(data)) is None:
            return None
        return cls(event=event, distance=as_float(data.get("search_distance")))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event to create."""

    camera: str
    label: str
    sub_label: str | None = None
    duration: int | None = DEFAULT_LENGTH
    """Seconds; None until it is ended."""
    include_recording: bool = True
    score: float = 0.0
    """From 0 to 1."""


class Events(Resource):
    """Events, and commands for them.

    Commands raise `FrigateForbiddenError` unless the account is an administrator's, and
    `FrigateNotFoundError` for an event that is not in Frigate's database. A created event
    gets there after up to a second.
    """

    async def list(
        self, wanted: EventFilter | None = None, *, fresh: bool = False
    ) -> tuple[Event, ...]:
        """Return events, the most recent first (`GET /api/events`).

        Raises:
            FrigateDataError: the answer is not a list of events.
        """
        query = (wanted or EventFilter()).as_query()
        answer = await self._transport.request(
            "GET", "/api/events", query=query, fresh=fresh
        )
        return answer.models(Event.from_api, "This is not a list of events")

    async def get(self, event_id: str) -> Event:
        """Return one event (`GET /api/events/{event_id}`).

        Raises:
            FrigateNotFoundError: there is no such event.
            FrigateDataError: the answer is not an event.
        """
        target = route("/api/events/{event_id}", event_id=event_id)
        answer = await self._transport.request("GET", target)
        return answer.required(
            Event.from_api(answer.json(dict)), "This is not an event"
        )

    async def search(
        self, query: str, wanted: EventFilter | None = None
    ) -> tuple[FoundEvent, ...]:
        """Return the events that fit a description, the nearest first.

        `GET /api/events/search`. Frigate compares the words with the thumbnails and with
        the descriptions, for which it runs a model. The filter applies to the nearest
        hundred of each, so that it may leave few of them.

        Args:
            query: the description, in words.
            wanted: which of the events; whether they are in progress does not count.

        Raises:
            FrigateSearchDisabledError: semantic search is not enabled.
            FrigateDataError: the answer is not a list of events.
        """
        types = "thumbnail,description"
        return await self._search({"query": query, "search_type": types}, wanted)

    async def similar(
        self, event_id: str, wanted: EventFilter | None = None
    ) -> tuple[FoundEvent, ...]:
        """Return other events whose thumbnails are like that of an event, as `search` does.

        Frigate does not check whether the account may see that event.

        Raises:
            FrigateNotFoundError: there is no such event.
            FrigateSearchDisabledError: semantic search is not enabled.
            FrigateDataError: the answer is not a list of events.
        """
        query = {"event_id": event_id, "search_type": "similarity"}
        return await self._search(query, wanted, without=event_id)

    async def _search(
        self, query: Query, wanted: EventFilter | None, without: str | None = None
    ) -> tuple[FoundEvent, ...]:
        wanted = wanted or EventFilter()
        try:
            answer = await self._transport.request(
                "GET",
                "/api/events/search",
                query={**wanted.as_query(), **query, "limit": _ALL_FOUND},
                lane=Lane.SLOW_CALLS,
                timeout=_SEARCH_TIMEOUT,
            )
        except FrigateBadRequestError as err:
            if err.message.startswith(_SEARCH_DISABLED):
                raise FrigateSearchDisabledError(err.message, err.status) from None
            raise
        found: dict[str, FoundEvent] = {}
        for one in answer.models(FoundEvent.from_api, "This is not a list of events"):
            found.setdefault(one.event.event_id, one)
        if without is not None:
            found.pop(without, None)
        return tuple(found.values())[: wanted.limit]

    async def labels(self, camera: str | None = None) -> tuple[str, ...]:
        """Return the labels of all events, or of those of a camera (`GET /api/labels`).

        Before 0.18, they include those of cameras that the account may not see.

        Raises:
            FrigateForbiddenError: since 0.18: the account may not see the camera.
            FrigateDataError: the answer is not a list.
        """
        query = {} if camera is None else {"camera": camera}
        answer = await self._transport.request("GET", "/api/labels", query=query)
        return tuple(dict.fromkeys(as_names(answer.json(list))))

    async def sub_labels(self) -> tuple[str, ...]:
        """Return the sub labels of all events, such as persons (`GET /api/sub_labels`).

        Before 0.18, they include those of cameras that the account may not see.

        Raises:
            FrigateDataError: the answer is not a list.
        """
        return await self._names("/api/sub_labels")

    async def plates(self) -> tuple[str, ...]:
        """Return the license plates of all events (`GET /api/recognized_license_plates`).

        Before 0.18, they include those of cameras that the account may not see.

        Raises:
            FrigateDataError: the answer is not a list.
        """
        return await self._names("/api/recognized_license_plates")

    async def _names(self, target: str) -> tuple[str, ...]:
        # An event with several names has them joined by commas, at which a filter is split.
        answer = await self._transport.request("GET", target, query={"split_joined": 1})
        return tuple(dict.fromkeys(as_names(answer.json(list), MAX_FILES)))

    async def thumbnail(self, event_id: str) -> StillImage:
        """Return the thumbnail of an event (`GET /api/events/{event_id}/thumbnail.jpg`).

        Raises:
            FrigateNotFoundError: there is no such event.
            FrigateForbiddenError: the account may not see its camera.
            FrigateDataError: the answer is not an image.
        """
        target = route("/api/events/{event_id}/thumbnail.jpg", event_id=event_id)
        return await get_thumbnail(self._transport, target)

    async def create(self, new: NewEvent) -> str:
        """Create an event and return its id.

        `POST /api/events/{camera}/{label}/create`.

        Raises:
            FrigateDataError: the answer contains no id.
            FrigateNotFoundError: there is no such camera.
        """
        target = route(
            "/api/events/{camera}/{label}/create", camera=new.camera, label=new.label
        )
        data = {
            "sub_label": new.sub_label,
            "duration": new.duration,
            "include_recording": new.include_recording,
            "score": new.score,
        }
        answer = await self._transport.request("POST", target, data=data)
        event_id = as_name(answer.json(dict).get("event_id"))
        return answer.required(event_id, "The answer names no event")

    async def end(self, event_id: str, end: float | None = None) -> None:
        """End an event, now or at a given time (`PUT /api/events/{event_id}/end`).

        Args:
            event_id: the id of the event.
            end: seconds since the epoch; None for the current time of the server.
        """
        data = {} if end is None else {"end_time": end}
        await self._command("PUT", "/api/events/{event_id}/end", event_id, data)

    async def delete(self, event_id: str) -> None:
        """Delete an event and its images (`DELETE /api/events/{event_id}`)."""
        await self._command("DELETE", "/api/events/{event_id}", event_id)

    async def retain(self, event_id: str, *, retain: bool = True) -> None:
        """Retain an event indefinitely, or no longer.

        `POST` or `DELETE /api/events/{event_id}/retain`.
        """
        method = "POST" if retain else "DELETE"
        await self._command(method, "/api/events/{event_id}/retain", event_id)

    async def set_sub_label(
        self, event_id: str, sub_label: str, score: float | None = None
    ) -> None:
        """Set the sub label (`POST /api/events/{event_id}/sub_label`).

        Args:
            event_id: the id of the event.
            sub_label: at most 100 characters; an empty string clears it.
            score: its score, above 0 and up to 1.
        """
        data: dict[str, Any] = {"subLabel": sub_label}
        if score is not None:
            data["subLabelScore"] = score
        await self._command("POST", "/api/events/{event_id}/sub_label", event_id, data)

    async def set_description(self, event_id: str, description: str) -> None:
        """Set the description (`POST /api/events/{event_id}/description`).

        Args:
            event_id: the id of the event.
            description: any text; an empty string clears it.
        """
        data = {"description": description}
        target = "/api/events/{event_id}/description"
        await self._command("POST", target, event_id, data)

    async def regenerate_description(
        self, event_id: str, source: str, *, force: bool = False
    ) -> None:
        """Let a language model describe an event anew, which it does some time later.

        `PUT /api/events/{event_id}/description/regenerate`.

        Args:
            event_id: the id of the event.
            source: `thumbnails` or `snapshot`.
            force: even where descriptions are off for the camera; since 0.17.

        Raises:
            FrigateGenAiDisabledError: descriptions are off for the camera.
        """
        try:
            await self._command(
                "PUT",
                "/api/events/{event_id}/description/regenerate",
                event_id,
                query={"source": source, "force": "true" if force else "false"},
            )
        except FrigateBadRequestError as err:
            if _GENAI in err.message.lower():
                raise FrigateGenAiDisabledError(err.message, err.status) from None
            raise

    async def _command(
        self,
        method: str,
        template: str,
        event_id: str,
        data: Mapping[str, Any] | None = None,
        query: Query | None = None,
    ) -> None:
        target = route(template, event_id=event_id)
        answer = await self._transport.request(method, target, query=query, data=data)
        # An HTML page comes from a proxy: Frigate has not carried out the command.
        answer.json(dict)
