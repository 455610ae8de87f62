"""The dialog of the frontend that shows the forms of a config flow."""

import re

from playwright.async_api import Locator, Page

from .texts import Texts


class FlowDialog:
    """Fills in forms as a person does, who finds fields by what is written at them."""

    def __init__(self, page: Page, texts: Texts) -> None:
        """Look for the dialog on this page."""
        self._page = page
        self._texts = texts
        self._dialog = page.locator("dialog-data-entry-flow")

    async def expect_title(self, title: str) -> None:
        """Wait for the form or the menu with this title."""
        await self._dialog.get_by_text(title, exact=True).wait_for()

    def field(self, label: str) -> Locator:
        """Return the field with this label."""
        # A field that must be filled in has a star behind its label.
        written = re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$")
        return self._dialog.locator("ha-selector").filter(
            has=self._page.get_by_text(written)
        )

    async def fill(self, label: str, text: str) -> None:
        """Type into the field with this label."""
        await self.field(label).locator("input").fill(text)

    async def switch(self, label: str) -> None:
        """Turn what is on off, or the other way round."""
        await self.field(label).locator("ha-switch").click()

    async def choose(self, label: str) -> None:
        """Choose from a menu, or one of several options."""
        await self._dialog.get_by_text(label, exact=True).click()

    async def submit(self) -> None:
        """Send the form."""
        await self._press("submit")

    async def expect_error(self, message: str) -> None:
        """Wait for this message above the form."""
        alert = self._dialog.locator("ha-alert").get_by_text(message, exact=True)
        await alert.wait_for()

    async def expect_end(self, message: str) -> None:
        """Wait until the flow has ended with this message, and close it."""
        abort = self._dialog.locator("step-flow-abort")
        await abort.get_by_text(message, exact=True).wait_for()
        await (
            self._dialog.locator("ha-button")
            .filter(has_text=self._text("close"))
            .click()
        )
        await abort.wait_for(state="detached")

    async def finish(self, button: str) -> None:
        """Wait until something was created, and close the dialog."""
        created = self._dialog.locator("step-flow-create-entry")
        await created.wait_for()
        await self._press(button)
        await created.wait_for(state="detached")

    async def _press(self, button: str) -> None:
        await self._dialog.get_by_role(
            "button", name=self._text(button), exact=True
        ).click()

    def _text(self, key: str) -> str:
        return self._texts.frontend(f"ui.panel.config.integrations.config_flow.{key}")
