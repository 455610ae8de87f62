"""Routes are templates; what fills them is quoted, and never leads to another route."""

import pytest
from yarl import URL

from custom_components.frigate_http.aiofrigate import FrigateArgumentError
from custom_components.frigate_http.aiofrigate.routes import Route, route

BASE = URL("http://frigate.example:5000/below/")


def _url(found: Route) -> str:
    return str(found.url_below(BASE))


def test_a_template_without_names_is_a_route() -> None:
    assert _url(route("/api/stats")) == "http://frigate.example:5000/below/api/stats"
    # The slash at the end is the route of a folder.
    assert _url(route("/exports/")).endswith("/below/exports/")


def test_names_are_filled_in_and_quoted() -> None:
    found = route("/api/{camera}/ptz/{what}", camera="Haustür", what="a/b?c#d e%")
    assert found.template == "/api/{camera}/ptz/{what}"
    assert found.path == "/api/Haustür/ptz/a/b?c#d e%"
    assert _url(found).endswith("/api/Haust%C3%BCr/ptz/a%2Fb%3Fc%23d%20e%25")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1795435200.0, "1795435200"),
        (1795435200.5, "1795435200.5"),
        (1795435200.123456, "1795435200.123"),
        (1795435200, "1795435200"),
    ],
)
def test_times_are_written_to_the_millisecond(seconds: float, text: str) -> None:
    found = route("/api/{camera}/start/{start}", camera="a", start=seconds)
    assert found.segments == ("api", "a", "start", text)


def test_parameters_go_behind_the_path() -> None:
    url = route("/api/events").url_below(BASE, {"limit": 5, "cameras": "a,b"})
    assert dict(url.query) == {"limit": "5", "cameras": "a,b"}


@pytest.mark.parametrize("name", ["", ".", "..", "a/../b", "./a", "\ud800"])
def test_a_name_that_would_lead_elsewhere_is_refused(name: str) -> None:
    found = route("/api/{camera}/latest.jpg", camera=name)
    with pytest.raises(FrigateArgumentError, match="Not a usable path"):
        found.url_below(BASE)


def test_a_missing_name_is_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        route("/api/{camera}/latest.jpg")
