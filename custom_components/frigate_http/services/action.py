"""The base classes of the actions, and their registration with Home Assistant.

A server action calls one config entry; a camera action calls every camera of its target.
Their handlers get a validated call, raise the client's errors or those of `errors`, and
return JSON.
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
from ..inventory import camera_fields
from ..media_access import MediaAccess
from ..media_links import MediaLinks
from ..permissions import CameraPermissions, async_get_caller
from ..runtime import FrigateConfigEntry, FrigateRuntime
from .access import ACCESS, Access
from .targets import async_resolve_targets, resolve_camera

type Handler[CallT] = Callable[[CallT], Awaitable[JsonObjectType]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCall:
    """A call of an action for one server, with validated fields."""

    hass: HomeAssistant
    entry: FrigateConfigEntry
    runtime: FrigateRuntime
    """The runtime when the call started; the entry may be reloaded meanwhile."""
    data: Mapping[str, Any] = field(repr=False)
    permissions: CameraPermissions
    """The rights of the caller to the cameras of the server."""

    @property
    def client(self) -> FrigateClient:
        """Return the client of the server."""
        return self.runtime.client

    @property
    def media(self) -> MediaAccess:
        """Return what the caller may see of what the server has recorded."""
        return MediaAccess(self.entry, self.runtime, self.permissions)

    @property
    def links(self) -> MediaLinks:
        """Return the links to what the server has recorded."""
        return MediaLinks(self.entry.entry_id, self.client.clock)

    def camera_fields(self, camera: str | None) -> JsonObjectType:
        """Return the fields that name a camera in the response."""
        return {**camera_fields(self.hass, self.entry, camera)}


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraCall(ServerCall):
    """A call of an action for one camera of its target."""

    camera: str
    """The name of the camera in Frigate."""
    entity_id: str
    is_alone: bool
    """Whether the target consists of this camera only."""


@dataclass(frozen=True, kw_only=True)
class Action[CallT: ServerCall](ABC):
    """An action: its name, its fields, and its handler."""

    name: str
    handler: Handler[CallT]
    fields: VolDictType
    is_query: bool = False
    """Whether it only reads: its response must be requested, and it may be sent twice."""
    is_costly: bool = False
    """Whether each request may cost money, so that not even a query is sent twice."""
    changes_server: bool = True
    """Whether it changes something on the server. A query never does."""

    @property
    def access(self) -> Access:
        """Return what a user needs to call the action."""
        return ACCESS[self.name]

    @property
    def only_reads(self) -> bool:
        """Return whether the action leaves the server unchanged."""
        return self.is_query or not self.changes_server

    @property
    @abstractmethod
    def schema(self) -> vol.Schema:
        """Return the schema of the fields of a call."""

    @abstractmethod
    async def async_run(self, call: ServiceCall) -> JsonObjectType:
        """Run the action for a service call.

        Raises:
            ServiceValidationError: the call is not valid.
            HomeAssistantError: the action failed.
        """

    async def _async_handle(self, call: CallT) -> JsonObjectType:
        """Call the handler; call it again if a query got no answer."""
        with action_errors(call.hass, call.entry):
            try:
                return await self.handler(call)
            except FrigateError as err:
                if self.is_query and not self.is_costly and is_retryable(err):
                    return await self.handler(call)
                if not self.only_reads and is_outcome_unknown(err):
                    # The usual error tells the user to try again, which could do it twice.
                    raise action_error(
                        "outcome_unknown", **error_placeholders(err)
                    ) from err
                raise


class ServerAction(Action[ServerCall]):
    """An action for one server, which may be left out if there is only one."""

    @property
    @override
    def schema(self) -> vol.Schema:
        """Return the schema of the fields and of the config entry."""
        return vol.Schema({vol.Optional(ATTR_CONFIG_ENTRY_ID): str, **self.fields})

    @override
    async def async_run(self, call: ServiceCall) -> JsonObjectType:
        """Run the action for the selected server."""
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


@dataclass(frozen=True, kw_only=True)
class CameraAction(Action[CameraCall]):
    """An action for cameras, with a separate result for each of them.

    The response maps entity ids to what the handler returns, or to `{"error": "<reason>"}`.
    """

    needs_server: bool = True
    """Whether it fails for a camera that is unavailable."""

    @property
    @override
    def schema(self) -> vol.Schema:
        """Return the schema of the fields and of the target."""
        return vol.Schema({**cv.ENTITY_SERVICE_FIELDS, **self.fields})

    @override
    async def async_run(self, call: ServiceCall) -> JsonObjectType:
        """Run the action for all cameras at once; raise only if it failed for all."""
        user = await async_get_caller(call.hass, call.context)
        targets = async_resolve_targets(call, user)
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
        """Return the result of one camera, or its error."""
        try:
            entry, camera = resolve_camera(
                call.hass, entity_id, needs_server=self.needs_server
            )
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
    """Return a single error: the common one of all cameras, or one that lists them."""
    if len({str(err) for err in errors.values()}) == 1:
        return next(iter(errors.values()))
    words = "; ".join(f"{entity_id}: {err}" for entity_id, err in errors.items())
    if all(isinstance(err, ServiceValidationError) for err in errors.values()):
        return validation_error("all_failed", message=words)
    return action_error("all_failed", message=words)


@callback
def async_register(hass: HomeAssistant, action: ServerAction | CameraAction) -> None:
    """Register an action with Home Assistant."""
    answers = SupportsResponse.ONLY if action.is_query else SupportsResponse.OPTIONAL
    if action.access is Access.ADMIN:
        async_register_admin_service(
            hass, DOMAIN, action.name, action.async_run, action.schema, answers
        )
    else:
        hass.services.async_register(
            DOMAIN, action.name, action.async_run, action.schema, answers
        )
