"""Finds out which names of cameras, objects, persons, plates and zones a search means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
import re
import unicodedata

_MAX_WORDS = 10
"""A search of more words is a description, which no name is made of."""
_MAX_COMBINATIONS = 8
"""How many meanings of a search are tried, each of which is a request."""
_MAX_NAMES = 50
"""Names in a filter. A word such as `a` would be about every plate of the last year."""
_WORD = re.compile(r"[^\W_]+")
# Frigate takes a comma for the end of a name, and the others for a pattern.
_NOT_FILTERED = re.compile(r"[,*?\[\]^+]")


class Facet(StrEnum):
    """What something in the media browser can be found by."""

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
                name: [_Text(one) for one in texts]
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


class _Text:
    """A text in which words are looked for, however they are written."""

    def __init__(self, text: str) -> None:
        words = _WORD.findall(_plain(text))
        self._whole = "".join(words)
        self._words = words

    def has(self, word: str, *, anywhere: bool) -> bool:
        if anywhere:
            return word in self._whole
        return self._whole.startswith(word) or any(
            one.startswith(word) for one in self._words
        )


def words_of(query: str) -> list[str]:
    """Return the different words of a search, without punctuation and accents."""
    words = ("".join(_WORD.findall(one)) for one in _plain(query).split())
    return list(dict.fromkeys(one for one in words if one))


def has_all(words: Iterable[str], *texts: str) -> bool:
    """Return whether each word is in one of some texts."""
    prepared = [_Text(one) for one in texts]
    return all(any(one.has(word, anywhere=False) for one in prepared) for word in words)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in decomposed if not unicodedata.combining(one))


def _merged(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Return conditions without those that are the same."""
    return tuple(dict.fromkeys(conditions))
