"""Repairs: what its owner can put right leads to where that is done."""

from homeassistant.components import repairs
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN


class ReconfigureRepairFlow(RepairsFlow):
    """Leads to the form for the address and the credentials.

    It never ends as done: opening a form repairs nothing. The issue goes when the
    server is found to be all right.
    """

    def __init__(self, entry_id: str) -> None:
        """Keep which server it is about."""
        self._entry_id = entry_id

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin with the explanation."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Explain what is wrong, then open the form."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        if issue is None:
            return self.async_abort(reason="solved")
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                description_placeholders=issue.translation_placeholders,
            )
        if not hasattr(repairs, "FlowType"):
            # Before Home Assistant 2026.10 a repair cannot lead to another form.
            return self.async_abort(
                reason="by_hand",
                description_placeholders=issue.translation_placeholders,
            )
        form = await self.hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": self._entry_id}
        )
        return self.async_abort(
            reason="led_on",
            next_flow=(repairs.FlowType.CONFIG_FLOW, form["flow_id"]),
        )


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the flow for an issue; all that can be fixed are fixed in one place."""
    return ReconfigureRepairFlow(str((data or {})["entry_id"]))
