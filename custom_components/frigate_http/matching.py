"""Finds out which names of cameras, objects, persons, plates and zones a search means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
import re

from .words import Text

_MAX_WORDS = 10
"""A search of more words is a description, which no name is made of."""
_MAX_COMBINATIONS = 8
"""How many meanings of a search are tried, each of which is a request."""
_MAX_NAMES = 50
"""Names in a filter. A word such as `a` would be about every plate of the last year."""
# Frigate takes a comma for the end of a name, and the others for a pattern.
_NOT_FILTERED = re.compile(r"[,*?\[\]^+]")


class Facet(StrEnum):
    """What an event or a review item can be found by."""

    CAMERA = "camera"
    LABEL = "label"
    SUB_LABEL = "sub_label"
    PLATE = "plate"
    ZONE = "zone"


type KnownNames = Mapping[Facet, Mapping[str, Iterable[str]]]
"""The texts by which a person finds each name."""
type Condition = tuple[Facet, frozenset[str]]
"""One of these names has to be among those of an item."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a search may mean: a condition for each of its words."""

    conditions: tuple[Condition, ...]

    def names(self, facet: Facet) -> tuple[str, ...]:
        """Return the names that a filter is limited to; none if it is not limited.

        A filter lets through what has one of them. Where two words are about different
        names, such as two zones, those of one word will do.
        """
        found = [names for one, names in self.conditions if one is facet]
        if not found:
            return ()
        names = frozenset.intersection(*found) or min(found, key=len)
        return tuple(sorted(names)[:_MAX_NAMES])

    def fits(self, item: Mapping[Facet, Iterable[str]]) -> bool:
        """Return whether an item fulfills all conditions."""
        return all(
            not names.isdisjoint(item.get(facet, ()))
            for facet, names in self.conditions
        )

    def is_about(self, *facets: Facet) -> bool:
        """Return whether a condition is about one of these."""
        return any(one in facets for one, _names in self.conditions)


class Names:
    """The names that are known, and the texts by which a person finds each of them."""

    def __init__(self, known: KnownNames) -> None:
        """Prepare the texts of each name."""
        self._known = {
            facet: {
                name: [Text(one) for one in texts]
                for name, texts in names.items()
                if not _NOT_FILTERED.search(name)
            }
            for facet, names in known.items()
        }

    def meanings(self, words: Sequence[str]) -> list[Meaning]:
        """Return what these words may mean; nothing if a word is in no name."""
        if not 1 <= len(words) <= _MAX_WORDS:
            return []
        found: list[tuple[Condition, ...]] = [()]
        for word in words:
            if not found:
                break
            conditions = self._conditions(word)
            longer = ((*one, added) for one in found for added in conditions)
            found = list(dict.fromkeys(map(_merged, longer)))[:_MAX_COMBINATIONS]
        return [Meaning(one) for one in found]

    def _conditions(self, word: str) -> list[Condition]:
        conditions: list[Condition] = []
        for facet, names in self._known.items():
            # Of a plate, people often know only a part.
            anywhere = facet is Facet.PLATE and len(word) > 1
            matching = frozenset(
                name
                for name, texts in names.items()
                if any(one.has(word, anywhere=anywhere) for one in texts)
            )
            if matching:
                conditions.append((facet, matching))
        return conditions


def _merged(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Return conditions without those that are the same."""
    return tuple(dict.fromkeys(conditions))
