"""No action passes a credential on that the server repeats in its answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.common import ADMIN
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.echoes import FORMS
from tests.services.common import call
from tests.services.test_access import CALLS, PASSWORD, build


def _chain(err: BaseException | None) -> Iterator[str]:
    if err is not None:
        yield from (str(err), repr(err), repr(vars(err)))
        yield from _chain(err.__cause__)
        yield from _chain(err.__context__)


def _tokens(frigate: FakeFrigate) -> set[str]:
    cookies = [one.headers.get("Cookie", "") for one in frigate.requests]
    return {one.partition("=")[2] for one in cookies if "=" in one}


@pytest.mark.parametrize(
    "echo",
    [
        Fault.echo("message", "percent", 400),
        Fault.echo("text", "upper", 403),
        Fault.echo("title", "html", 200),
        Fault.echo("location", "plain", 302),
        Fault.echo("detail", "base64", 409),
    ],
    ids=lambda echo: echo.repeated.place,
)
async def test_every_action(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    echo: Fault,
) -> None:
    hass.config.media_dirs = {"local": str(tmp_path)}
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    world = await build(hass, frigate, tmp_path)
    secrets, failed = {ADMIN["password"], PASSWORD, PASSWORD + "!"}, 0
    for action, fields in CALLS.items():
        data = fields(world, world.own)
        caplog.clear()
        frigate.fail("/(?!api/login)", echo)
        try:
            shown = str(await call(hass, action, **data))
        except HomeAssistantError as err:
            shown = "\n".join(_chain(err))
            failed += 1
        frigate.clear_faults()
        # Home Assistant itself logs what an action is called with.
        ours = [one for one in caplog.records if "frigate_http" in one.name]
        shown += "\n".join(str(vars(one)) for one in ours)
        secrets |= _tokens(frigate)
        forms = {form(one).lower() for form in FORMS.values() for one in secrets}
        assert [form for form in forms if form in shown.lower()] == [], action
    assert failed > len(CALLS) / 2
    assert len(secrets) > 3
