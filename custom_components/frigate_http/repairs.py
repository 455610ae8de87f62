"""Repairs: fixable issues lead to the reconfiguration of the server."""

from homeassistant.components import repairs
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN


class ReconfigureRepairFlow(RepairsFlow):
    """A repair flow that leads to the reconfigure flow.

    It never creates an entry, because opening a form fixes nothing. The issue is deleted
    when a poll finds that the server no longer has the problem.
    """

    def __init__(self, entry_id: str) -> None:
        """Initialize for a config entry."""
        self._entry_id = entry_id

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Start with the explanation."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Explain the issue, then open the reconfigure flow."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        if issue is None:
            return self.async_abort(reason="already_resolved")
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                description_placeholders=issue.translation_placeholders,
            )
        if not hasattr(repairs, "FlowType"):
            # Before Home Assistant 2026.10, a repair flow cannot lead to another flow.
            return self.async_abort(
                reason="reconfigure_manually",
                description_placeholders=issue.translation_placeholders,
            )
        form = await self.hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": self._entry_id}
        )
        return self.async_abort(
            reason="reconfigure_started",
            next_flow=(repairs.FlowType.CONFIG_FLOW, form["flow_id"]),
        )


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the flow for a fixable issue."""
    return ReconfigureRepairFlow(str((data or {})["entry_id"]))
