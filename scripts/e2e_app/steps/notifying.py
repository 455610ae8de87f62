"""Being notified: a phone, the blueprint with nothing changed but the phone, and a visit."""

from collections.abc import Sequence
from functools import partial
import re
from typing import Any

from playwright.async_api import Dialog

from homeassistant.util.yaml import parse_yaml
from scripts.demo_app import DOMAIN, ROOT, DemoError
from scripts.demo_app.api import Json
from scripts.demo_app.home_assistant import PASSWORD, USERNAME
from scripts.demo_app.notifications import see_clip, see_pictures, tag_of, told
from scripts.demo_app.visits import PARCEL, Told, write
from scripts.demo_app.waiting import until
from scripts.e2e_app.screenshots import visible_text
from scripts.e2e_app.world import CAMERA, CAMERA_NAME, World

from .media import see_going_on

_BLUEPRINTS = ROOT / "blueprints" / "automation" / DOMAIN
_PHONE = "Pixel 11"
_PUSH_SECONDS = 30
_SAVED = re.compile(r"/config/automation/edit/\d+$")
# A visitor may hold whatever they like into a camera, and a language model reads it.
_CODE = "<img src=x onerror=alert(1)>"
_SCRIPT = "<script>alert(2)</script>"
_TEMPLATE, _RENDERED = "{{ 7 * 191 }}", "1337"
_HOSTILE = Told(
    title=f"{_CODE} {_TEMPLATE}", summary=f"{_SCRIPT} **{_TEMPLATE}** {_CODE}", threat=1
)


async def register_phone(world: World) -> None:
    """Open the app on a phone for the first time."""
    await world.phone.register(USERNAME, PASSWORD, _PHONE)


async def set_up_notify(world: World) -> None:
    """Make an automation of the blueprint; choose the phone, and leave all else."""
    page, blueprint = world.page, _blueprint(world)["blueprint"]
    await world.go("/config/blueprint/dashboard")
    await page.get_by_text(blueprint["name"], exact=True).first.click()
    editor = page.locator("blueprint-automation-editor")
    label = blueprint["input"]["phones"]["name"]
    row = editor.locator("ha-settings-row").filter(
        has=page.get_by_text(label, exact=True)
    )
    await row.wait_for()
    await world.screenshots.take("blueprint", width=1000, height=740)
    await row.locator("ha-selector-device ha-generic-picker").click()
    await page.locator("ha-combo-box-item").get_by_text(_PHONE, exact=True).click()
    await row.locator("ha-selector-device").get_by_text(_PHONE, exact=True).wait_for()
    save = world.texts.frontend("ui.common.save")
    await page.get_by_role("button", name=save, exact=True).click()
    await page.wait_for_url(_SAVED)
    await until("the automation", _PUSH_SECONDS, partial(_is_on, world))


async def _is_on(world: World) -> bool | None:
    states = await world.api.get("/api/states")
    on = [one for one in states if one["entity_id"].startswith("automation.")]
    return True if [one["state"] for one in on] == ["on"] else None


async def be_notified(world: World) -> None:
    """See what the phone gets of a visit, and what opens when it is tapped."""
    pushes = await _visit(world, PARCEL, PARCEL.title)
    await see_pictures(world.phone, pushes, world.frigate)
    await see_clip(world.phone, pushes, world.frigate)
    _check_words(world, pushes)
    await _open_notifications(world)
    picture = world.page.locator("persistent-notification-item ha-markdown img").last
    await world.page.wait_for_function(
        "image => image.naturalWidth > 0", arg=await picture.element_handle()
    )
    await world.screenshots.take("notification", width=900, height=560)
    await world.go(f"{pushes[-1]['data']['url']}&external_auth=1")
    # Outside of Home Assistant's pages, as phones open it.
    await see_going_on(world, world.page.locator("video"))


async def see_texts_as_texts(world: World) -> None:
    """Let the language model write code, and see all of it shown, and none of it run."""
    page, alerts = world.page, list[str]()

    async def note(dialog: Dialog) -> None:
        alerts.append(dialog.message)
        await dialog.dismiss()

    page.on("dialog", note)
    # The app would render HTML, and gets another form of it.
    pushes = await _visit(world, _HOSTILE, _TEMPLATE)
    if "<" in pushes[-1]["title"] + pushes[-1]["message"] or _RENDERED in str(pushes):
        raise DemoError(f"The phone got {pushes[-1]}.")
    review = await world.entity("event", f"camera:{CAMERA}:review")
    title = await world.entity("sensor", f"camera:{CAMERA}:last_review")
    for path in (
        f"/home?more-info-entity-id={title}",
        f"/home?more-info-entity-id={review}&more-info-view=details",
        f"/logbook?entity_id={title}",
    ):
        await world.go(path)
        await _see_no_code(world, _HOSTILE.title, alerts)
    await _open_notifications(world)
    await _see_no_code(world, _TEMPLATE, alerts)
    page.remove_listener("dialog", note)


async def _see_no_code(world: World, shown: str, alerts: Sequence[str]) -> None:
    """Wait until the page shows a text as it is, and see that nothing came of it."""

    async def is_shown() -> bool | None:
        return True if shown in await visible_text(world.page) else None

    await until(f"{shown} on {world.page.url}", _PUSH_SECONDS, is_shown)
    found = await world.page.locator('img[src="x"], [onerror]').count()
    if alerts or found or _RENDERED in await visible_text(world.page):
        raise DemoError(f"{world.page.url} runs texts: {alerts}, {found} images.")


async def _open_notifications(world: World) -> None:
    await world.go("/home")
    title = world.texts.frontend("ui.notification_drawer.title")
    await world.page.locator("ha-sidebar").get_by_text(title, exact=True).click()


async def _visit(world: World, written: Told, title: str) -> list[Json]:
    """Let somebody come and go; return what the phone got until there was a title."""
    phone, frigate = world.phone, world.frigate
    before = len(phone.pushes)

    async def pushed() -> bool | None:
        return True if len(phone.pushes) > before else None

    visitor = frigate.object_appears(CAMERA, "person")
    review = frigate.review_starts(CAMERA, "alert", events=[visitor])
    # It comes while they are still there.
    await until("a notification", _PUSH_SECONDS, pushed)
    frigate.object_leaves(visitor)
    frigate.review_ends(review)
    write(frigate, review, written)
    return await told(phone, f"/{review.id}/", title)


def _check_words(world: World, pushes: list[Json]) -> None:
    """See that there is one notification, in the language of the edition."""
    tag_of(pushes)
    texts, last = _blueprint(world)["variables"]["texts"], pushes[-1]
    titles = [one["title"] for one in last["data"]["actions"]]
    if texts["play"] not in titles or texts["labels"]["person"] not in last["message"]:
        raise DemoError(f"The phone got {last} instead of {texts}.")
    if (
        last["title"] != f"{CAMERA_NAME}: {PARCEL.title}"
        or PARCEL.summary not in last["message"]
    ):
        raise DemoError(f"The phone got {last} of {PARCEL}.")


def _blueprint(world: World) -> dict[str, Any]:
    """Return the edition of the blueprint in the person's language."""
    language = world.texts.language
    edition = (
        "notify.yaml" if language == "en" else f"{language}/notify_{language}.yaml"
    )
    found = parse_yaml((_BLUEPRINTS / edition).read_text("utf-8"))
    if not isinstance(found, dict):
        raise DemoError("The blueprint cannot be read.")
    return found
