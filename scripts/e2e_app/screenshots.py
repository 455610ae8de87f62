"""Pictures of the page: for the README when asked, and of what went wrong."""

from pathlib import Path

from playwright.async_api import Error, Page

from scripts.demo_app import ROOT

from .browser import HEIGHT, WIDTH

_IMAGES = ROOT / "docs" / "images"


class Screenshots:
    """Takes the README's pictures, or none."""

    def __init__(self, page: Page, *, wanted: bool) -> None:
        """Look at this page."""
        self._page = page
        self._wanted = wanted

    async def take(
        self,
        name: str,
        *,
        width: int = WIDTH,
        height: int = HEIGHT,
        with_pictures: bool = False,
    ) -> None:
        """Write what the page shows now, with moving parts where they end."""
        if not self._wanted:
            return
        if with_pictures:
            # The page is complete without them, and looks better with them.
            await self._page.wait_for_load_state("networkidle")
        await self._page.set_viewport_size({"width": width, "height": height})
        # What hovers under the mouse is nothing the reader should see.
        await self._page.mouse.move(0, 0)
        await self._page.screenshot(
            path=_IMAGES / f"{name}.png", animations="disabled", caret="hide"
        )
        await self._page.set_viewport_size({"width": WIDTH, "height": HEIGHT})


async def keep_evidence(page: Page, picture: Path) -> None:
    """Write what the page shows, as a picture and, beside it, as text."""
    try:
        text = await visible_text(page)
        await page.screenshot(path=picture)
    except Error as err:
        text = str(err)
    _write(picture.with_suffix(".txt"), f"{page.url}\n\n{text}\n")


async def visible_text(page: Page) -> str:
    """Return all text that the page shows now, in the order of its elements."""
    return str(await page.locator("html").evaluate(_VISIBLE_TEXT))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


# The frontend hides its text in shadow roots, where `innerText` does not look.
_VISIBLE_TEXT = """
root => {
  const lines = [];
  const walk = node => {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.textContent.trim();
      const parent = node.parentElement;
      const isShown = !parent || parent.tagName === "SLOT" || parent.checkVisibility();
      if (text && isShown) lines.push(text);
    }
    if (node.tagName === "STYLE" || node.tagName === "SCRIPT") return;
    if (node.shadowRoot) walk(node.shadowRoot);
    node.childNodes.forEach(walk);
  };
  walk(root);
  return lines.join("\\n");
}
"""
