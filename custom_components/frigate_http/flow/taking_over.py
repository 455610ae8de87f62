"""Steps of the config flow that take over from the official integration, and undo that.

They only change the data of the entry: everything else happens when it is set up.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import voluptuous as vol

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.const import CONF_URL
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
)

from ..const import CONF_LEAVE, CONF_TAKEN_OVER, CONF_UNDO
from ..runtime import FrigateConfigEntry
from ..taking_over.known import KnownServer
from ..taking_over.official import OfficialEntry, entries_of_server, find_entry
from ..taking_over.plan import Plan, make_plan
from ..taking_over.report import async_make_report, preview_markdown
from .forms import CONFIRM_FORM
from .validation import stored_url

CONF_OFFICIAL = "official"
TAKE_OVER_KEYS = (CONF_TAKEN_OVER, CONF_LEAVE, CONF_UNDO)
"""What the data of an entry says about taking over, whatever else changes in it."""


class TakingOverFlow(ConfigFlow):
    """Offers to take over, shows a preview, and asks once."""

    def __init__(self) -> None:
        """Initialize without anything to take over."""
        self._entry_data: dict[str, Any] = {}
        self._known: KnownServer | None = None
        self._official_entries: Sequence[OfficialEntry] = ()

    def _create_entry(self, data: dict[str, Any]) -> ConfigFlowResult:
        """Create the config entry."""
        raise NotImplementedError

    @callback
    def _prepare(
        self,
        data: dict[str, Any],
        official_entries: Sequence[OfficialEntry],
        known: KnownServer,
    ) -> None:
        """Keep what a plan is made of; `data` is that of a new entry."""
        self._entry_data, self._known = data, known
        self._official_entries = official_entries

    async def async_step_change(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Let the user choose what to change, where there is more than the connection."""
        return self.async_show_menu(
            step_id="change",
            menu_options=["connection", *self._ways_to_change()],
            description_placeholders={"title": self._get_reconfigure_entry().title},
        )

    def _ways_to_change(self) -> list[str]:
        """Return the steps that take over from the official integration, or undo it."""
        entry: FrigateConfigEntry = self._get_reconfigure_entry()
        if CONF_TAKEN_OVER in entry.data:
            # One that is off would give nothing back before it is on again.
            is_on = entry.disabled_by is None
            return ["undo"] if is_on and self._taken_over else []
        if entry.state is not ConfigEntryState.LOADED:
            return []
        runtime = entry.runtime_data
        known = KnownServer.from_data(runtime.server.data, runtime.client.capabilities)
        found = entries_of_server(
            self.hass, entry.data[CONF_URL], known.cameras, entry.entry_id
        )
        self._prepare({}, found, known)
        return ["take_over"] if found else []

    async def async_step_official_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Let the user of a new entry choose whether to take over."""
        return self.async_show_menu(
            step_id="official_found",
            menu_options=["take_over", "side_by_side"],
            description_placeholders=self._names,
        )

    async def async_step_side_by_side(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Create the entry and leave the official integration alone."""
        return self._create_entry(self._entry_data)

    async def async_step_choose_official(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Let the user choose one of several entries of the same server."""
        if user_input is not None:
            chosen = user_input[CONF_OFFICIAL]
            self._official_entries = [
                one for one in self._official_entries if one.entry_id == chosen
            ]
            return await self.async_step_take_over()
        labels = {one.entry_id: _label(one) for one in self._official_entries}
        return self.async_show_form(
            step_id="choose_official", data_schema=choice_form(labels)
        )

    async def async_step_take_over(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what moves and what stops working; take over once that is confirmed."""
        if len(self._official_entries) > 1:
            return await self.async_step_choose_official()
        (official,) = self._official_entries
        if not self._is_free(official):
            return self.async_abort(reason="official_gone")
        if user_input is not None:
            return self._confirm_take_over(official, user_input[CONF_LEAVE])
        plan, known = self._plan(official)
        report = await async_make_report(self.hass, plan, known)
        return self.async_show_form(
            step_id="take_over",
            data_schema=leave_form(sorted(one.entity_id for one in plan.moves)),
            description_placeholders={
                **self._names,
                "preview": preview_markdown(report),
            },
        )

    async def async_step_undo(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Give everything back once that is confirmed."""
        entry = self._get_reconfigure_entry()
        if (official := self._taken_over) is None:
            return self.async_abort(reason="official_gone")
        if user_input is not None:
            return self.async_update_reload_and_abort(
                entry, data={**entry.data, CONF_UNDO: True}, reason="undo_started"
            )
        return self.async_show_form(
            step_id="undo",
            data_schema=CONFIRM_FORM,
            description_placeholders={
                "official": official.title,
                "title": entry.title,
            },
        )

    @property
    def _taken_over(self) -> OfficialEntry | None:
        """Return the official entry that can get its entities back."""
        taken = self._get_reconfigure_entry().data.get(CONF_TAKEN_OVER)
        # Whoever has marked an entry by hand has no plan, and nothing to give back.
        return find_entry(self.hass, taken) if isinstance(taken, str) else None

    def _is_free(self, official: OfficialEntry) -> bool:
        """Return whether an entry is still there, and nothing took it over meanwhile."""
        taken = {
            one.entry_id: one.data[CONF_TAKEN_OVER]
            for one in self._async_current_entries()
            if CONF_TAKEN_OVER in one.data
        }
        return (
            find_entry(self.hass, official.entry_id) is not None
            and official.entry_id not in taken.values()
            and self.context.get("entry_id") not in taken
        )

    def _confirm_take_over(
        self, official: OfficialEntry, leave: list[str]
    ) -> ConfigFlowResult:
        data = {CONF_TAKEN_OVER: official.entry_id} | (
            {CONF_LEAVE: leave} if leave else {}
        )
        if self.source == SOURCE_RECONFIGURE:
            entry = self._get_reconfigure_entry()
            return self.async_update_reload_and_abort(
                entry, data={**entry.data, **data}, reason="take_over_started"
            )
        return self._create_entry({**self._entry_data, **data})

    def _plan(self, official: OfficialEntry) -> tuple[Plan, KnownServer]:
        is_change = self.source == SOURCE_RECONFIGURE
        own_id = self._get_reconfigure_entry().entry_id if is_change else self.flow_id
        if TYPE_CHECKING:
            assert self._known is not None
        return make_plan(self.hass, official, own_id, self._known), self._known

    @property
    def _names(self) -> dict[str, str]:
        """Return the names of the official entries, for the texts."""
        return {"official": ", ".join(one.title for one in self._official_entries)}


def choice_form(labels: dict[str, str]) -> vol.Schema:
    """Return the form that lets one of several official entries be chosen."""
    options = [SelectOptionDict(value=key, label=one) for key, one in labels.items()]
    select = SelectSelector(SelectSelectorConfig(options=options))
    return vol.Schema({vol.Required(CONF_OFFICIAL): select})


def leave_form(entity_ids: list[str]) -> vol.Schema:
    """Return the form of the preview, with the entities that may be left."""
    config = SelectSelectorConfig(options=entity_ids, multiple=True)
    return vol.Schema({vol.Optional(CONF_LEAVE, default=list): SelectSelector(config)})


def _label(official: OfficialEntry) -> str:
    # An address that holds a password is none, and must not be shown.
    url = stored_url(official.url)
    return f"{official.title} ({url})" if url else official.title
