"""Finds words in names, whatever their case, accents and punctuation."""

from collections.abc import Iterable
import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


class Text:
    """A text in which words are looked for, however they are written."""

    def __init__(self, text: str) -> None:
        """Split a text into its words."""
        words = _WORD.findall(_plain(text))
        self._whole = "".join(words)
        self._words = words

    def has(self, word: str, *, anywhere: bool) -> bool:
        """Return whether a word of the text begins with a word, or has it anywhere."""
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
    prepared = [Text(one) for one in texts]
    return all(any(one.has(word, anywhere=False) for one in prepared) for word in words)


def is_same(one: str, other: str) -> bool:
    """Return whether two names are the same but for how they are written."""
    return _squeezed(one) == _squeezed(other)


def _squeezed(text: str) -> str:
    return "".join(_WORD.findall(_plain(text))) or text


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in decomposed if not unicodedata.combining(one))
