"""Actions for the face library: the people Frigate knows, and their images."""

from contextlib import suppress
from http import HTTPStatus

import voluptuous as vol

from homeassistant.util.json import JsonObjectType

from ..aiofrigate import (
    FrigateError,
    FrigateNotFoundError,
    FrigateResponseError,
    FrigateStartingError,
    TrainingImage,
)
from ..dates import as_local_iso
from ..errors import validation_error
from .action import ServerAction, ServerCall
from .fields import IDENTIFIER, list_of
from .images import IMAGE_FIELDS, async_get_image, exactly_one_field
from .people import (
    IMAGE_FILE,
    NAME,
    async_find_or_new_person,
    async_find_person,
    is_valid_name,
    known_or_new_name,
    new_person_name,
    normalized_name,
    person_name,
    require_known_files,
)
from .reprocessing import TRAINING_FILE, Reprocessing, async_with_retries

NEW_NAME, FILES = "new_name", "files"
TRAINING_FILES, EVENT_ID = "training_files", "event_id"


async def _get_faces(call: ServerCall) -> JsonObjectType:
    if NAME in call.data:
        library, name = await async_find_person(call)
        people = {name: library.people[name]}
    else:
        library = await call.client.faces.library(fresh=True)
        people = dict(library.people)
    waiting = [TrainingImage.parse(file) for file in library.train]
    # Dashes separate the parts of a file name, so Frigate replaces those in names.
    guesses = people.keys() | {name.replace("-", "_") for name in people}
    return {
        "faces": {name: list(files) for name, files in people.items()},
        "training": [
            _training_image_as_json(image)
            for image in waiting
            if NAME not in call.data or image.name in guesses
        ],
    }


def _training_image_as_json(image: TrainingImage) -> JsonObjectType:
    return {
        TRAINING_FILE: image.file,
        EVENT_ID: image.event_id,
        "time": as_local_iso(image.time),
        "name": image.name,
        "score": image.score,
    }


async def _reprocess_faces(call: ServerCall) -> JsonObjectType:
    library = await call.client.faces.library(fresh=True)
    files = call.data.get(TRAINING_FILES, library.train)
    require_known_files(files, library.train)
    run = Reprocessing(call)
    for file in files:
        await run.async_add(file)
    run.raise_if_all_failed()
    await call.runtime.server.async_refresh_past_cache()
    return {"images": list(run.images), "recognized": run.recognized}


async def _train_face(call: ServerCall) -> JsonObjectType:
    source = exactly_one_field(call.data, TRAINING_FILE, EVENT_ID)
    faces = call.client.faces
    library, name = await async_find_or_new_person(call)
    if source == TRAINING_FILE:
        require_known_files([call.data[source]], library.train)
    try:
        await faces.train(name, **{source: call.data[source]})
    except FrigateResponseError as err:
        if source == EVENT_ID and name not in library.people and _found_nothing(err):
            await _async_delete_if_empty(call, name)
        raise
    await call.runtime.server.async_refresh_past_cache()
    return {NAME: name, source: call.data[source]}


def _found_nothing(err: FrigateResponseError) -> bool:
    """Return whether Frigate found no such event, or no face in it."""
    if isinstance(err, FrigateNotFoundError):
        return True
    return err.status == HTTPStatus.INTERNAL_SERVER_ERROR and not (
        isinstance(err, FrigateStartingError)
    )


async def _async_delete_if_empty(call: ServerCall, name: str) -> None:
    """Delete a person whom Frigate created before it found no face."""
    faces = call.client.faces
    # The caller gets the first error, not one of the cleanup.
    with suppress(FrigateError):
        if (await faces.library(fresh=True)).people.get(name) == ():
            await faces.delete_images(name, ())


async def _create_face(call: ServerCall) -> JsonObjectType:
    name = normalized_name(call.data[NAME])
    library = await call.client.faces.library(fresh=True)
    await call.client.faces.create(name)
    await call.runtime.server.async_refresh_past_cache()
    return {NAME: name, "created": name not in library.people}


async def _rename_face(call: ServerCall) -> JsonObjectType:
    library, name = await async_find_person(call)
    if not is_valid_name(name):
        raise validation_error("cannot_be_renamed", name=name)
    new_name = normalized_name(call.data[NEW_NAME])
    if new_name in library.people:
        raise validation_error("name_exists", name=new_name)
    await call.client.faces.rename(name, new_name)
    await call.runtime.server.async_refresh_past_cache()
    return {NAME: name, NEW_NAME: new_name}


async def _delete_face_images(call: ServerCall) -> JsonObjectType:
    library, name = await async_find_person(call)
    files = call.data[FILES]
    require_known_files(files, library.people[name])
    await call.client.faces.delete_images(name, files)
    await call.runtime.server.async_refresh_past_cache()
    left = len(library.people[name]) - len(files)
    return {NAME: name, "deleted": files, "remaining": left}


async def _delete_face(call: ServerCall) -> JsonObjectType:
    library, name = await async_find_person(call)
    files = library.people[name]
    await call.client.faces.delete_images(name, files)
    await call.runtime.server.async_refresh_past_cache()
    return {NAME: name, "deleted": list(files)}


async def _register_face(call: ServerCall) -> JsonObjectType:
    image = await async_get_image(call)
    _library, name = await async_find_or_new_person(call)
    found = await call.client.faces.register(name, image)
    if is_registered := found.name is not None:
        await call.runtime.server.async_refresh_past_cache()
    return {NAME: name, "registered": is_registered, "message": found.message}


async def _recognize_face(call: ServerCall) -> JsonObjectType:
    image = await async_get_image(call)
    found = await async_with_retries(lambda: call.client.faces.recognize(image))
    return {"name": found.name, "score": found.score, "message": found.message}


ACTIONS = (
    ServerAction(
        name="get_faces",
        handler=_get_faces,
        fields={vol.Optional(NAME): person_name(NAME)},
        is_query=True,
    ),
    ServerAction(
        name="reprocess_faces",
        handler=_reprocess_faces,
        fields={vol.Optional(TRAINING_FILES): list_of(IMAGE_FILE)},
    ),
    ServerAction(
        name="train_face",
        handler=_train_face,
        fields={
            vol.Required(NAME): known_or_new_name(NAME),
            vol.Optional(TRAINING_FILE): IMAGE_FILE,
            vol.Optional(EVENT_ID): IDENTIFIER,
        },
    ),
    ServerAction(
        name="create_face",
        handler=_create_face,
        fields={vol.Required(NAME): new_person_name(NAME)},
    ),
    ServerAction(
        name="rename_face",
        handler=_rename_face,
        fields={
            vol.Required(NAME): person_name(NAME),
            vol.Required(NEW_NAME): new_person_name(NEW_NAME),
        },
    ),
    ServerAction(
        name="delete_face_images",
        handler=_delete_face_images,
        fields={
            vol.Required(NAME): person_name(NAME),
            vol.Required(FILES): list_of(IMAGE_FILE),
        },
    ),
    ServerAction(
        name="delete_face",
        handler=_delete_face,
        fields={vol.Required(NAME): person_name(NAME)},
    ),
    ServerAction(
        name="register_face",
        handler=_register_face,
        fields={vol.Required(NAME): known_or_new_name(NAME), **IMAGE_FIELDS},
    ),
    ServerAction(
        name="recognize_face",
        handler=_recognize_face,
        fields=IMAGE_FIELDS,
        is_query=True,
    ),
)
