"""Looks up a part of a JSON schema, such as that of Frigate's configuration."""

from collections.abc import Iterator, Mapping
from typing import Any

from .errors import FrigateArgumentError
from .parsing import as_dict

_ALTERNATIVES = ("anyOf", "oneOf", "allOf")

type Schema = Mapping[str, Any]


class FrigateSchemaPathError(FrigateArgumentError):
    """A path that is not in the schema; `names` are valid in place of its last name."""

    def __init__(self, path: str, names: tuple[str, ...]) -> None:
        """Keep the path up to and including the first wrong name."""
        super().__init__(f"The schema has no {path!a}")
        self.path = path
        self.names = names


def schema_at(schema: Schema, path: str) -> Schema:
    """Return a part of a schema, with all references in it resolved.

    Args:
        schema: the whole schema, with its definitions.
        path: names separated by dots, such as `record.alerts.retain`. Any name stands for
            a name that users choose, as in `cameras.*.record`. Lists and references are
            followed.

    Raises:
        FrigateSchemaPathError: there is no such part.
    """
    part = schema
    names = path.split(".")
    for depth, name in enumerate(names, start=1):
        places = list(_places(schema, part, frozenset()))
        below = [_below(place, name) for place in places]
        found = [one for one in below if one is not None]
        if not found:
            known = [
                one for place in places for one in as_dict(place.get("properties"))
            ]
            raise FrigateSchemaPathError(
                ".".join(names[:depth]), tuple(dict.fromkeys(known))
            )
        part = found[0] if len(found) == 1 else {"anyOf": found}
    resolved: Schema = _resolved(schema, part, frozenset())
    return resolved


def _places(schema: Schema, part: Schema, seen: frozenset[str]) -> Iterator[Schema]:
    """Yield every schema that may apply here, in which names can be looked up."""
    reference = part.get("$ref")
    if isinstance(reference, str) and reference not in seen:
        yield from _places(schema, _target(schema, reference), seen | {reference})
    for key in _ALTERNATIVES:
        for one in part.get(key) or ():
            yield from _places(schema, as_dict(one), seen)
    if isinstance(items := part.get("items"), dict):
        yield from _places(schema, items, seen)
    yield part


def _below(place: Schema, name: str) -> Schema | None:
    """Return the schema of a property, or None."""
    if not name:
        return None
    own = as_dict(place.get("properties"))
    any_name = place.get("additionalProperties")
    if name in own:
        return as_dict(own[name])
    # True only means that unknown properties are allowed.
    return any_name if isinstance(any_name, dict) else None


def _target(schema: Schema, reference: str) -> Schema:
    """Return the target of a reference such as `#/$defs/RecordConfig`."""
    found: Any = schema
    for name in reference.removeprefix("#/").split("/"):
        found = as_dict(found).get(name)
    return as_dict(found)


def _resolved(schema: Schema, part: Any, seen: frozenset[str]) -> Any:
    """Return a part with references resolved, except those that are recursive."""
    if isinstance(part, list):
        return [_resolved(schema, one, seen) for one in part]
    if not isinstance(part, dict):
        return part
    reference = part.get("$ref")
    if not isinstance(reference, str):
        return {key: _resolved(schema, one, seen) for key, one in part.items()}
    if reference in seen:
        return dict(part)
    # Keys beside a reference, such as a title, override those of its target.
    beside = {key: one for key, one in part.items() if key != "$ref"}
    meant = {**_target(schema, reference), **beside}
    return _resolved(schema, meant, seen | {reference})
