"""What an action is, how it runs, and how Home Assistant gets to know it.

A server action speaks to one config entry; a camera action to every camera that its target
names. Their handlers take a call that is ready to use, raise the client's errors or those
of `errors`, and return plain JSON.
"""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, override

import voluptuous as vol

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import (
    async_get_config_entry,
    async_register_admin_service,
)
from homeassistant.helpers.typing import VolDictType
from homeassistant.util.json import JsonObjectType

from ..aiofrigate import FrigateClient, FrigateError
from ..const import DOMAIN, LOGGER
from ..errors import (
    action_error,
    action_errors,
    error_placeholders,
    is_outcome_unknown,
    is_retryable,
    validation_error,
)
from ..permissions import CameraPermissions, async_get_caller
from ..runtime import FrigateConfigEntry, FrigateRuntime
from .access import ACCESS, Access
from .targets import async_targeted_cameras, camera_behind

type Handler[CallT] = Callable[[CallT], Awaitable[JsonObjectType]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCall:
    """A call of an action at one server, its fields checked."""

    hass: HomeAssistant
    entry: FrigateConfigEntry
    runtime: FrigateRuntime
    """What belonged to the server when the call began; it may be reloaded meanwhile."""
    data: Mapping[str, Any] = field(repr=False)
    permissions: CameraPermissions
    """The rights of the caller to the cameras of the server."""

    @property
    def client(self) -> FrigateClient:
        """Return the client of the server."""
        return self.runtime.client


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraCall(ServerCall):
    """A call of an action for one camera of its target."""

    camera: str
    """Frigate's name of it."""
    entity_id: str
    is_alone: bool
    """Whether the target is this camera and no other."""


@dataclass(frozen=True, kw_only=True)
class Action[CallT: ServerCall](ABC):
    """An action: its name, its fields, and what it does."""

    name: str
    handler: Handler[CallT]
    fields: VolDictType
    is_query: bool = False
    """Whether it changes nothing: it must be asked for an answer, and may ask twice."""
    changes_server: bool = True
    """Whether it changes something at the server. A query never does."""

    @property
    def access(self) -> Access:
        """Return what a user needs to call it."""
        return ACCESS[self.name]

    @property
    def only_reads(self) -> bool:
        """Return whether nothing at the server is different afterwards."""
        return self.is_query or not self.changes_server

    @property
    @abstractmethod
    def schema(self) -> vol.Schema:
        """Return what the fields of a call must be."""

    @abstractmethod
    async def async_run(self, call: ServiceCall) -> JsonObjectType:
        """Run for a call of Home Assistant's.

        Raises:
            ServiceValidationError: the caller made a mistake.
            HomeAssistantError: it did not work.
        """

    async def _async_handle(self, call: CallT) -> JsonObjectType:
        """Run at one server; a query once more if no answer came."""
        with action_errors(call.hass, call.entry):
            try:
                return await self.handler(call)
            except FrigateError as err:
                if self.is_query and is_retryable(err):
                    return await self.handler(call)
                if not self.only_reads and is_outcome_unknown(err):
                    # "Try again" would be bad advice.
                    raise action_error(
                        "outcome_unknown", **error_placeholders(err)
                    ) from err
                raise


class ServerAction(Action[ServerCall]):
    """An action at a server, which need not be named while there is only one."""

    @property
    @override
    def schema(self) -> vol.Schema:
        """Return the fields, and the one that names the server."""
        return vol.Schema({vol.Optional(ATTR_CONFIG_ENTRY_ID): str, **self.fields})

    @override
    async def async_run(self, call: ServiceCall) -> JsonObjectType:
        """Run at the server that the call means."""
        user = await async_get_caller(call.hass, call.context)
        entry: FrigateConfigEntry = async_get_config_entry(
            call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID)
        )
        permissions = CameraPermissions(call.hass, entry, user)
        if self.access is Access.READ_ALL:
            permissions.require_read(None)
        elif self.access is Access.CONTROL and not permissions.may_control_any():
            # Refused before the server is asked which camera the call is about.
            raise permissions.unauthorized(POLICY_CONTROL)
        return await self._async_handle(
            ServerCall(
                hass=call.hass,
                entry=entry,
                runtime=entry.runtime_data,
                data=call.data,
                permissions=permissions,
            )
        )


class CameraAction(Action[CameraCall]):
    """An action for cameras, each of which gets an answer of its own.

    The answer is by entity id: what the handler returns, or `{"error": "<why>"}`.
    """

    @property
    @override
    def schema(self) -> vol.Schema:
        """Return the fields, and those that make up a target."""
        return vol.Schema({**cv.ENTITY_SERVICE_FIELDS, **self.fields})

    @override
    async def async_run(self, call: ServiceCall) -> JsonObjectType:
        """Run for all cameras at once; raise only if it worked for none."""
        user = await async_get_caller(call.hass, call.context)
        targets = async_targeted_cameras(call, user)
        is_alone = len(targets) == 1
        outcomes = await asyncio.gather(
            *(self._async_one(call, user, one, is_alone=is_alone) for one in targets)
        )
        answers: JsonObjectType = {}
        errors: dict[str, HomeAssistantError] = {}
        for entity_id, outcome in zip(targets, outcomes, strict=True):
            if isinstance(outcome, HomeAssistantError):
                errors[entity_id] = outcome
                answers[entity_id] = {"error": str(outcome)}
            else:
                answers[entity_id] = outcome
        if len(errors) == len(targets):
            raise _one_of(errors)
        for entity_id, err in errors.items():
            LOGGER.warning("%s.%s for %s: %s", DOMAIN, self.name, entity_id, err)
        return answers

    async def _async_one(
        self, call: ServiceCall, user: User | None, entity_id: str, *, is_alone: bool
    ) -> JsonObjectType | HomeAssistantError:
        """Return the answer for one camera, or why there is none."""
        try:
            entry, camera = camera_behind(call.hass, entity_id)
            return await self._async_handle(
                CameraCall(
                    hass=call.hass,
                    entry=entry,
                    runtime=entry.runtime_data,
                    data=call.data,
                    permissions=CameraPermissions(call.hass, entry, user),
                    camera=camera,
                    entity_id=entity_id,
                    is_alone=is_alone,
                )
            )
        except HomeAssistantError as err:
            return err


def _one_of(errors: Mapping[str, HomeAssistantError]) -> HomeAssistantError:
    """Return one error that stands for all: the same for each, or one that lists them."""
    if len({str(err) for err in errors.values()}) == 1:
        return next(iter(errors.values()))
    words = "; ".join(f"{entity_id}: {err}" for entity_id, err in errors.items())
    if all(isinstance(err, ServiceValidationError) for err in errors.values()):
        return validation_error("all_failed", message=words)
    return action_error("all_failed", message=words)


@callback
def async_register(hass: HomeAssistant, action: ServerAction | CameraAction) -> None:
    """Make an action known to Home Assistant."""
    answers = SupportsResponse.ONLY if action.is_query else SupportsResponse.OPTIONAL
    if action.access is Access.ADMIN:
        async_register_admin_service(
            hass, DOMAIN, action.name, action.async_run, action.schema, answers
        )
    else:
        hass.services.async_register(
            DOMAIN, action.name, action.async_run, action.schema, answers
        )
