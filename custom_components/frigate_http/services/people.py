"""Names of people, as callers write them and as Frigate knows them."""

from collections.abc import Iterable
import re

import voluptuous as vol

from ..aiofrigate import FaceLibrary
from ..errors import validation_error
from .action import ServerCall
from .fields import LONGEST_FILE_NAME, path_segment

NAME = "name"
_SHOWN_FILES = 5
_TRAIN = "train"
# Frigate leaves these out of every name without a word.
_IN_NO_NAME = frozenset(':*?"<>|')
_GOOD_NAME = re.compile(r"[\w '-]{1,50}")


IMAGE_FILE = path_segment(LONGEST_FILE_NAME)
"""The name of the file of an image."""


def person(field: str) -> vol.All:
    """Accept the name of a person."""

    def check(name: str) -> str:
        if name == _TRAIN:
            raise validation_error("bad_name", field=field)
        return name

    return vol.All(path_segment(), check)


def new_person(field: str) -> vol.All:
    """Accept a name that a person can be given, and be renamed from again."""

    def check(name: str) -> str:
        if not is_good_name(name):
            raise validation_error("bad_name", field=field)
        return name

    return vol.All(person(field), check)


def recipient(field: str) -> vol.All:
    """Accept the name of a person who gets an image, known or new."""

    def check(name: str) -> str:
        if name.endswith(".") or not _IN_NO_NAME.isdisjoint(name):
            raise validation_error("bad_name", field=field)
        return name

    return vol.All(person(field), check)


def is_good_name(name: str) -> bool:
    """Return whether Frigate renames somebody to a name, or from it.

    It creates people with many other names too, and some are there already.
    """
    return _GOOD_NAME.fullmatch(name) is not None


def as_new(name: str) -> str:
    """Return a name as Frigate writes those of people it creates."""
    return name.replace(" ", "_")


def find(library: FaceLibrary, name: str) -> str | None:
    """Return the name under which Frigate knows somebody, None for a stranger."""
    return next((one for one in (name, as_new(name)) if one in library.people), None)


async def async_known(call: ServerCall) -> tuple[FaceLibrary, str]:
    """Return the library as it is now, and whom in it a call is about.

    Raises:
        ServiceValidationError: nobody there has that name.
    """
    library = await call.client.faces.library(fresh=True)
    if (name := find(library, call.data[NAME])) is None:
        raise validation_error("not_known", name=call.data[NAME])
    return library, name


async def async_known_or_new(call: ServerCall) -> tuple[FaceLibrary, str]:
    """Return the library as it is now, and whom a call gives an image to.

    Raises:
        ServiceValidationError: nobody there has that name, and nobody can get it.
    """
    library = await call.client.faces.library(fresh=True)
    if (name := find(library, call.data[NAME])) is None:
        if not is_good_name(call.data[NAME]):
            raise validation_error("bad_name", field=NAME)
        name = as_new(call.data[NAME])
    return library, name


def refuse_unknown(files: Iterable[str], known: Iterable[str]) -> None:
    """Raise ServiceValidationError if not all files are among the known ones."""
    there = set(known)
    if missing := [file for file in files if file not in there]:
        words = ", ".join(missing[:_SHOWN_FILES])
        raise validation_error("not_known", name=words)
