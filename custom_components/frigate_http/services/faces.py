"""Actions for the library of faces: who is known, from which images."""

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
from .fields import IDENTIFIER, each
from .images import PICTURE_FIELDS, async_picture, only_one
from .people import (
    IMAGE_FILE,
    NAME,
    as_new,
    async_known,
    async_known_or_new,
    is_good_name,
    new_person,
    person,
    recipient,
    refuse_unknown,
)
from .reprocessing import TRAINING_FILE, Reprocessing, async_ask_patiently

NEW_NAME, FILES = "new_name", "files"
TRAINING_FILES, EVENT_ID = "training_files", "event_id"


async def _get_faces(call: ServerCall) -> JsonObjectType:
    if NAME in call.data:
        library, name = await async_known(call)
        people = {name: library.people[name]}
    else:
        library = await call.client.faces.library(fresh=True)
        people = dict(library.people)
    waiting = [TrainingImage.parse(file) for file in library.train]
    # In file names dashes are separators.
    guesses = people.keys() | {name.replace("-", "_") for name in people}
    return {
        "faces": {name: list(files) for name, files in people.items()},
        "training": [
            _described(image)
            for image in waiting
            if NAME not in call.data or image.name in guesses
        ],
    }


def _described(image: TrainingImage) -> JsonObjectType:
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
    refuse_unknown(files, library.train)
    run = Reprocessing(call)
    for file in files:
        await run.async_add(file)
    run.raise_if_all_failed()
    await call.runtime.server.async_refresh_past_cache()
    return {"images": list(run.images), "recognized": run.recognized}


async def _train_face(call: ServerCall) -> JsonObjectType:
    source = only_one(call.data, TRAINING_FILE, EVENT_ID)
    faces = call.client.faces
    library, name = await async_known_or_new(call)
    if source == TRAINING_FILE:
        refuse_unknown([call.data[source]], library.train)
    try:
        await faces.train(name, **{source: call.data[source]})
    except FrigateResponseError as err:
        if source == EVENT_ID and name not in library.people and _is_in_vain(err):
            await _async_forget_if_empty(call, name)
        raise
    await call.runtime.server.async_refresh_past_cache()
    return {NAME: name, source: call.data[source]}


def _is_in_vain(err: FrigateResponseError) -> bool:
    """Return whether Frigate looked for an event, or a face in it, and found none."""
    if isinstance(err, FrigateNotFoundError):
        return True
    return err.status == HTTPStatus.INTERNAL_SERVER_ERROR and not (
        isinstance(err, FrigateStartingError)
    )


async def _async_forget_if_empty(call: ServerCall, name: str) -> None:
    """Delete a person whom Frigate made before it looked for the event, or its face."""
    faces = call.client.faces
    # What matters to the caller is why there is no event.
    with suppress(FrigateError):
        if (await faces.library(fresh=True)).people.get(name) == ():
            await faces.delete_images(name, ())


async def _create_face(call: ServerCall) -> JsonObjectType:
    name = as_new(call.data[NAME])
    library = await call.client.faces.library(fresh=True)
    await call.client.faces.create(name)
    await call.runtime.server.async_refresh_past_cache()
    return {NAME: name, "created": name not in library.people}


async def _rename_face(call: ServerCall) -> JsonObjectType:
    library, name = await async_known(call)
    if not is_good_name(name):
        raise validation_error("cannot_be_renamed", name=name)
    new_name = as_new(call.data[NEW_NAME])
    if new_name in library.people:
        raise validation_error("name_exists", name=new_name)
    await call.client.faces.rename(name, new_name)
    await call.runtime.server.async_refresh_past_cache()
    return {NAME: name, NEW_NAME: new_name}


async def _delete_face_images(call: ServerCall) -> JsonObjectType:
    library, name = await async_known(call)
    files = call.data[FILES]
    refuse_unknown(files, library.people[name])
    await call.client.faces.delete_images(name, files)
    await call.runtime.server.async_refresh_past_cache()
    left = len(library.people[name]) - len(files)
    return {NAME: name, "deleted": files, "remaining": left}


async def _delete_face(call: ServerCall) -> JsonObjectType:
    library, name = await async_known(call)
    files = library.people[name]
    await call.client.faces.delete_images(name, files)
    await call.runtime.server.async_refresh_past_cache()
    return {NAME: name, "deleted": list(files)}


async def _register_face(call: ServerCall) -> JsonObjectType:
    picture = await async_picture(call)
    _library, name = await async_known_or_new(call)
    found = await call.client.faces.register(name, picture)
    if is_registered := found.name is not None:
        await call.runtime.server.async_refresh_past_cache()
    return {NAME: name, "registered": is_registered, "message": found.message}


async def _recognize_face(call: ServerCall) -> JsonObjectType:
    picture = await async_picture(call)
    found = await async_ask_patiently(lambda: call.client.faces.recognize(picture))
    return {"name": found.name, "score": found.score, "message": found.message}


ACTIONS = (
    ServerAction(
        name="get_faces",
        handler=_get_faces,
        fields={vol.Optional(NAME): person(NAME)},
        is_query=True,
    ),
    ServerAction(
        name="reprocess_faces",
        handler=_reprocess_faces,
        fields={vol.Optional(TRAINING_FILES): each(IMAGE_FILE)},
    ),
    ServerAction(
        name="train_face",
        handler=_train_face,
        fields={
            vol.Required(NAME): recipient(NAME),
            vol.Optional(TRAINING_FILE): IMAGE_FILE,
            vol.Optional(EVENT_ID): IDENTIFIER,
        },
    ),
    ServerAction(
        name="create_face",
        handler=_create_face,
        fields={vol.Required(NAME): new_person(NAME)},
    ),
    ServerAction(
        name="rename_face",
        handler=_rename_face,
        fields={
            vol.Required(NAME): person(NAME),
            vol.Required(NEW_NAME): new_person(NEW_NAME),
        },
    ),
    ServerAction(
        name="delete_face_images",
        handler=_delete_face_images,
        fields={
            vol.Required(NAME): person(NAME),
            vol.Required(FILES): each(IMAGE_FILE),
        },
    ),
    ServerAction(
        name="delete_face",
        handler=_delete_face,
        fields={vol.Required(NAME): person(NAME)},
    ),
    ServerAction(
        name="register_face",
        handler=_register_face,
        fields={vol.Required(NAME): recipient(NAME), **PICTURE_FIELDS},
    ),
    ServerAction(
        name="recognize_face",
        handler=_recognize_face,
        fields=PICTURE_FIELDS,
        is_query=True,
    ),
)
