"""Messages such as no Frigate sends: recorded ones with something wrong in any place."""

from collections.abc import Callable, Iterator
from copy import deepcopy
import hashlib
import json
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parent.parent / "fixtures"
SESSIONS = (
    "0.16.4/ws.5000.onConnect",
    "0.17.2/ws.admin.command",
    "0.18/ws.onConnect",
    "0.18/ws18.admin.set",
)
CAMERAS = ("front_door", "Portones")
# A number or a text of JSON, as it is written there.
VALUES = (
    *("null", "true", "false", "[]", "{}", "0", "-1", "0.5", "1e308", "1e999", "-0.0"),
    *("NaN", "Infinity", "-Infinity", str(2**31), str(2**63), "9" * 4000),
    *('""', '"ON"', '"OFF"', '"ALERT"', '"none"', '"unknown"', '"all"', '"face"'),
    *(
        '"a\\ud800b"',
        '"\\u0000"',
        '"\\u202egpj"',
        '"../../x"',
        '"<script>"',
        '"{{ 1 }}"',
    ),
    *(json.dumps("x" * 256), json.dumps("x" * 5000), '"9999999999999"', '"é𝔣"'),
    *('{"a": {"b": {"c": []}}}', "[[[[[[]]]]]]", '["a", 0.5]', '[["a"], null]'),
    *('"front_door"', '"Portones"', '"person"', '"person-verified"', '"amazon"'),
)
_PLACE = "the place of a value"


class Dice:
    """Chances that are the same for the same seed, on every Python."""

    def __init__(self, seed: int) -> None:
        """Begin anew."""
        self._seed = seed
        self._thrown = 0

    def below(self, limit: int) -> int:
        """Return a number from 0 to below a limit."""
        self._thrown += 1
        text = f"{self._seed}/{self._thrown}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest()) % limit

    def pick[T](self, choices: tuple[T, ...] | list[T]) -> T:
        """Return one of several things."""
        return choices[self.below(len(choices))]

    def name(self) -> str:
        """Return a name that hardly ever comes twice."""
        return f"name_{self.below(2**32)}"


def recorded_messages() -> list[tuple[str, Any]]:
    """Return topics and payloads of recorded sessions; JSON in a text is parsed."""
    found = []
    for session in SESSIONS:
        text = (FIXTURES / f"{session}.json").read_text(encoding="utf-8")
        for message in json.loads(text)["messages"]:
            payload = message["payload"]
            if isinstance(payload, str) and payload.startswith("{"):
                payload = json.loads(payload)
            found.append((message["topic"], payload))
    return found


def pushes(camera: str, text: str = "a", number: Any = 1) -> Iterator[tuple[str, Any]]:
    """Yield a message of each kind about a camera, with a text in all of its places."""
    place = {"id": text, "camera": camera, "score": 1.0}
    tracked = place | {"label": text, "sub_label": text, "current_zones": [text]}
    snapshot = {"has_snapshot": True, "snapshot": {"frame_time": number}}
    review = place | {"severity": text, "start_time": number}
    lists = ("objects", "zones", "sub_labels", "audio", "detections")
    review["data"] = {name: [text] for name in lists}
    yield "events", {"type": "new", "after": tracked | snapshot}
    yield "reviews", {"type": "new", "after": review}
    yield "tracked_object_update", place | {"type": "face", "name": text}
    yield "tracked_object_update", place | {"type": "lpr", "name": text, "plate": text}
    named = {"model": text, "sub_label": text}
    yield "tracked_object_update", place | {"type": "classification", **named}
    yield "tracked_object_update", place | {"type": "description", "description": text}
    yield "triggers", place | {"name": text, "event_id": text, "score": number}
    yield (
        "camera_activity",
        {camera: {"motion": True, "objects": [tracked]}, text: {"motion": True}},
    )
    yield "audio_detections", {camera: {text: {"score": 1.0}}, text: {text: {}}}
    yield f"{camera}/audio/{text}", "ON"
    yield f"{camera}/motion", text
    yield f"{camera}/review_status", text
    yield f"{camera}/{text}", number
    yield f"{camera}/{text}/active", number
    yield f"{camera}/{text}/state", number
    yield f"{camera}/{text}/state", "ON"
    yield f"{camera}/classification/{text}", text


def frames(seed: int, number: int) -> Iterator[str | bytes]:
    """Yield frames of `/ws` with something wrong in each, the same for the same seed."""
    dice = Dice(seed)
    messages = [*recorded_messages(), *pushes("front_door"), *pushes("Portones")]
    # There are far more counts than anything else.
    rich = [one for one in messages if isinstance(one[1], dict)]
    for _ in range(number):
        topic, payload = dice.pick(dice.pick((messages, rich)))
        change = dice.pick(_CHANGES)
        yield change(dice, topic, deepcopy(payload))


def _frame(topic: Any, payload: str) -> str:
    """Return a frame with a payload that is JSON already."""
    return f'{{"topic": {json.dumps(topic)}, "payload": {payload}}}'


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield everything that is part of a value: what holds it, and its key or index."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in [*items]:
        yield value, key
        if isinstance(one, (dict, list)):
            yield from _places(one)


def _other_values(dice: Dice, topic: str, payload: Any) -> str:
    """Put other values into one to three places of the payload, or in place of it."""
    wrong = dice.pick((*VALUES, *(json.dumps(dice.name()),) * 20))
    if not isinstance(payload, (dict, list)):
        return _frame(topic, wrong)
    for _ in range(1 + dice.below(3)):
        if places := [*_places(payload)]:
            holder, key = dice.pick(places)
            holder[key] = _PLACE
    text = json.dumps(payload).replace(json.dumps(_PLACE), wrong)
    return _frame(topic, json.dumps(text) if dice.below(4) else text)


def _missing_part(dice: Dice, topic: str, payload: Any) -> str:
    if isinstance(payload, (dict, list)) and (places := [*_places(payload)]):
        holder, key = dice.pick(places)
        del holder[key]
        return _frame(topic, json.dumps(json.dumps(payload)))
    return json.dumps({"topic": topic})


def _other_name(dice: Dice, topic: str, payload: Any) -> str:
    """Rename a part, such as a camera in `camera_activity`."""
    names = ("", "x" * 256, "person", "a\ud800b", "\x00", dice.name(), dice.name())
    name = dice.pick((*CAMERAS, *names))
    if isinstance(payload, dict) and (places := [*_places(payload)]):
        holder, key = dice.pick(places)
        if isinstance(holder, dict):
            holder[name] = holder.pop(key)
    return _frame(topic, json.dumps(json.dumps(payload)))


def _other_topic(dice: Dice, topic: str, payload: Any) -> str:
    names = (
        "",
        "all",
        "motion",
        "state",
        "audio",
        "classification",
        "active",
        "events",
    )
    parts = topic.split("/")
    others = (*CAMERAS, "/", "x" * 300, "🚪", *(dice.name(),) * 5)
    parts[dice.below(len(parts))] = dice.pick((*names, *others))
    whole = isinstance(payload, (dict, list))
    text = json.dumps(payload)
    return _frame("/".join(parts), json.dumps(text) if whole else text)


def _wrong_payload(dice: Dice, topic: str, _payload: Any) -> str:
    """Send the payload of another kind of message."""
    return _frame(topic, dice.pick(VALUES))


def _broken_text(dice: Dice, topic: str, payload: Any) -> str | bytes:
    """Cut the frame off, double it, or send something that is no message at all."""
    whole = json.dumps({"topic": topic, "payload": payload})
    cut = whole[: dice.below(len(whole))]
    deep = "[" * (100_000 if dice.below(20) == 0 else 100)
    long = json.dumps({"topic": "x" * 100_000, "payload": "x" * 100_000})
    rest = long if dice.below(20) == 0 else whole * 2
    others = ("", "null", "[]", '"text"', "\x00", deep, f'{{"topic": "events", {deep}')
    choices: list[str | bytes] = [cut, rest, cut.encode(), b"\xff\xfe\x00", *others]
    return dice.pick(choices)


def _another_thing(dice: Dice, topic: str, payload: Any) -> str:
    """Tell of something that was never heard of before, and never ends."""
    text = json.dumps(payload)
    for thing in ("after", "before"):
        if isinstance(payload, dict) and isinstance(payload.get(thing), dict):
            text = text.replace(
                json.dumps(payload[thing].get("id")), f'"{dice.name()}"'
            )
    return _frame(topic, json.dumps(text.replace('"end"', '"update"')))


def _as_it_is(_dice: Dice, topic: str, payload: Any) -> str:
    whole = isinstance(payload, (dict, list))
    return _frame(topic, json.dumps(json.dumps(payload) if whole else payload))


_CHANGES: tuple[Callable[[Dice, str, Any], str | bytes], ...] = (
    *(_other_values,) * 6,
    *(_missing_part,) * 2,
    *(_other_name,) * 2,
    *(_other_topic,) * 2,
    _wrong_payload,
    _broken_text,
    *(_another_thing,) * 3,
    _as_it_is,
)
