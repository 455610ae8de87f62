"""A server that repeats the credentials that were entered: no form and no log shows them."""

import pytest

from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.echoes import FORMS

from . import ADMIN, BASIC, BASIC_FIELDS, HEADER_FIELDS, HEADERS, Flow, proxied
from .test_credentials import at_login, finish


@pytest.mark.parametrize(
    "echo",
    [
        Fault.echo("title", "html", 200),
        Fault.echo("title", "percent", 401),
        Fault.echo("message", "upper", 403),
        Fault.echo("detail", "json", 400),
        Fault.echo("error", "plain", 429),
        Fault.echo("text", "base64", 500),
        Fault.echo("location", "plain", 302),
        Fault.echo("location of the route", "plain", 307),
        Fault.echo("type", "plain", 200),
    ],
    ids=lambda echo: f"{echo.repeated.place} {echo.repeated.status}",
)
@pytest.mark.parametrize("path", ["/api/login", "/api/stats", "/"])
async def test_what_was_entered(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    caplog: pytest.LogCaptureFixture,
    path: str,
    echo: Fault,
) -> None:
    secrets = (ADMIN["password"], BASIC[1], ":".join(BASIC), *HEADERS.values())
    forms = {form(one).lower() for form in FORMS.values() for one in secrets}
    flow: Flow = await at_login(hass, frigate)
    caplog.clear()
    frigate.fail(path, echo)
    await flow.submit(**ADMIN, **proxied(**BASIC_FIELDS, **HEADER_FIELDS))
    shown = f"{flow.error} {dict(flow.placeholders)} {caplog.text}".lower()
    assert [form for form in forms if form in shown] == []
    frigate.clear_faults()
    await finish(hass, flow, frigate)
