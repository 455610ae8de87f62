"""Looks up a part of a JSON schema, such as that of Frigate's configuration.

References let a small schema stand for one without end, so each look-up has a budget.
"""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from .errors import FrigateArgumentError, FrigateDataError
from .parsing import as_dict, as_items, as_str

_ALTERNATIVES = ("anyOf", "oneOf", "allOf")
_MAX_SIZE = 2**20
"""Characters of the texts and keys of a result; each list and each value counts as 32."""
_SIZE_OF_VALUE = 32
_MAX_DEPTH = 100
"""Levels of a result; Home Assistant cannot write more than 254 as JSON."""
_MAX_NAMES = 100
"""How many valid names an error tells."""

type Schema = Mapping[str, Any]


class FrigateSchemaPathError(FrigateArgumentError):
    """A path that is not in the schema; `names` are valid in place of its last name."""

    def __init__(self, path: str, names: tuple[str, ...]) -> None:
        """Keep the path up to and including the first wrong name."""
        super().__init__(f"The schema has no {path!a}")
        self.path = path
        self.names = names


class _Budget:
    """How much one look-up may still read."""

    def __init__(self) -> None:
        self._left = _MAX_SIZE

    def spend(self, part: Any, depth: int) -> None:
        """Account for one value at a depth, but not for those inside it.

        Raises:
            FrigateDataError: the budget is used up, or the depth is too great.
        """
        self._left -= _SIZE_OF_VALUE
        if isinstance(part, str):
            self._left -= len(part)
        elif isinstance(part, dict):
            self._left -= sum(map(len, part))
        if self._left < 0 or depth > _MAX_DEPTH:
            raise FrigateDataError("The schema is too large or nested too deeply", 200)


def refuse_large(schema: Schema) -> None:
    """Raise FrigateDataError if a schema is too large, or nested too deeply."""
    budget = _Budget()
    parts: list[tuple[Any, int]] = [(schema, 0)]
    while parts:
        part, depth = parts.pop()
        budget.spend(part, depth)
        if isinstance(part, (dict, list)):
            inner = part.values() if isinstance(part, dict) else part
            parts += ((one, depth + 1) for one in inner)


def schema_at(schema: Schema, path: str) -> Schema:
    """Return a part of a schema, with all references in it resolved.

    Args:
        schema: the whole schema, with its definitions.
        path: names separated by dots, such as `record.alerts.retain`. Any name stands for
            a name that users choose, as in `cameras.*.record`. Lists and references are
            followed.

    Raises:
        FrigateSchemaPathError: there is no such part.
        FrigateDataError: the part is too large, or nested too deeply.
    """
    return _Lookup(schema).at(path)


class _Lookup:
    """One look-up in a schema, within one budget."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._budget = _Budget()

    def at(self, path: str) -> Schema:
        """Return a part, see `schema_at`."""
        part = self._schema
        names = path.split(".")
        for level, name in enumerate(names, start=1):
            places: list[Schema] = []
            self._find_places(part, frozenset(), 0, places)
            below = [_below(place, name) for place in places]
            found = [one for one in below if one is not None]
            if not found:
                raise FrigateSchemaPathError(".".join(names[:level]), _names_in(places))
            part = found[0] if len(found) == 1 else {"anyOf": found}
        resolved: Schema = self._resolved(part, frozenset(), 0)
        return resolved

    def _find_places(
        self, part: Schema, seen: frozenset[str], depth: int, found: list[Schema]
    ) -> None:
        """Add every schema that may apply here, in which names can be looked up."""
        self._budget.spend(None, depth)
        reference = as_str(part.get("$ref"))
        if reference is not None and reference not in seen:
            target = self._target(reference)
            self._find_places(target, seen | {reference}, depth + 1, found)
        for key in _ALTERNATIVES:
            alternatives = part.get(key)
            for one in alternatives if isinstance(alternatives, list) else ():
                self._find_places(as_dict(one), seen, depth + 1, found)
        if isinstance(items := part.get("items"), dict):
            self._find_places(items, seen, depth + 1, found)
        found.append(part)

    def _target(self, reference: str) -> Schema:
        """Return the target of a reference such as `#/$defs/RecordConfig`."""
        found: Any = self._schema
        for name in reference.removeprefix("#/").split("/"):
            found = as_dict(found).get(name)
        return as_dict(found)

    def _resolved(self, part: Any, seen: frozenset[str], depth: int) -> Any:
        """Return a part with references resolved, except those that are recursive."""
        self._budget.spend(part, depth)
        if isinstance(part, list):
            return [self._resolved(one, seen, depth + 1) for one in part]
        if not isinstance(part, dict):
            return part
        reference = as_str(part.get("$ref"))
        if reference is None or reference in seen:
            return {
                key: self._resolved(one, seen, depth + 1) for key, one in part.items()
            }
        # Keys beside a reference, such as a title, override those of its target.
        beside = {key: one for key, one in part.items() if key != "$ref"}
        meant = {**self._target(reference), **beside}
        return self._resolved(meant, seen | {reference}, depth + 1)


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


def _names_in(places: list[Schema]) -> tuple[str, ...]:
    """Return the names of the properties, as many as fit into a message."""
    names = (name for place in places for name in as_items(place.get("properties")))
    return tuple(islice(dict.fromkeys(names), _MAX_NAMES))
