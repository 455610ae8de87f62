"""Validating the names of people, and finding them in the face library."""

from collections.abc import Iterable
import re

import voluptuous as vol

from ..aiofrigate import FaceLibrary
from ..errors import validation_error
from .action import ServerCall
from .fields import MAX_FILE_NAME_LENGTH, path_segment

NAME = "name"
_MAX_LISTED_FILES = 5
_TRAIN = "train"
# Frigate silently removes these characters from every name.
_STRIPPED_CHARACTERS = frozenset(':*?"<>|')
_VALID_NAME = re.compile(r"[\w '-]{1,50}")


IMAGE_FILE = path_segment(MAX_FILE_NAME_LENGTH)
"""The file name of an image of a face."""


def person_name(field: str) -> vol.All:
    """Validate the name of a person."""

    def check(name: str) -> str:
        if name == _TRAIN:
            raise validation_error("bad_name", field=field)
        return name

    return vol.All(path_segment(), check)


def new_person_name(field: str) -> vol.All:
    """Validate a name that a person can be renamed to, and from."""

    def check(name: str) -> str:
        if not is_valid_name(name):
            raise validation_error("bad_name", field=field)
        return name

    return vol.All(person_name(field), check)


def known_or_new_name(field: str) -> vol.All:
    """Validate the name of a person who gets an image, known or new."""

    def check(name: str) -> str:
        if name.endswith(".") or not _STRIPPED_CHARACTERS.isdisjoint(name):
            raise validation_error("bad_name", field=field)
        return name

    return vol.All(person_name(field), check)


def is_valid_name(name: str) -> bool:
    """Return whether Frigate accepts a name when it renames a person.

    It creates people with many other names, so the library may contain those.
    """
    return _VALID_NAME.fullmatch(name) is not None


def normalized_name(name: str) -> str:
    """Return a name as Frigate stores it for a new person."""
    return name.replace(" ", "_")


def find_person(library: FaceLibrary, name: str) -> str | None:
    """Return the stored name of a person; None if the library has no such person."""
    return next(
        (one for one in (name, normalized_name(name)) if one in library.people), None
    )


async def async_find_person(call: ServerCall) -> tuple[FaceLibrary, str]:
    """Return the current library, and the stored name of the person of a call.

    Raises:
        ServiceValidationError: the library has no such person.
    """
    library = await call.client.faces.library(fresh=True)
    if (name := find_person(library, call.data[NAME])) is None:
        raise validation_error("not_known", name=call.data[NAME])
    return library, name


async def async_find_or_new_person(call: ServerCall) -> tuple[FaceLibrary, str]:
    """Return the current library, and the name of the person who gets an image.

    Raises:
        ServiceValidationError: the person is new, and Frigate does not accept the name.
    """
    library = await call.client.faces.library(fresh=True)
    if (name := find_person(library, call.data[NAME])) is None:
        if not is_valid_name(call.data[NAME]):
            raise validation_error("bad_name", field=NAME)
        name = normalized_name(call.data[NAME])
    return library, name


def require_known_files(files: Iterable[str], known: Iterable[str]) -> None:
    """Raise ServiceValidationError if one of the files is not known."""
    there = set(known)
    if missing := [file for file in files if file not in there]:
        listed = ", ".join(missing[:_MAX_LISTED_FILES])
        raise validation_error("not_known", name=listed)
