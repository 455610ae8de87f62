"""Texts that people show to others contain no secrets."""

import pytest

from custom_components.frigate_http.aiofrigate import redacted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rtsp://admin:pa:s/s@10.0.0.2:554/live", "rtsp://***@10.0.0.2:554/live"),
        ("see admin:pass@10.0.0.2", "see ***@10.0.0.2"),
        ("//admin:pass@nas/share", "//***@nas/share"),
        ("https://a.b/c?key=1234&x=5#f", "https://a.b/c?key=***&x=***#f"),
        ("Authorization: Basic YTpi", "Authorization: *** ***"),
        ("sent bearer abc.def-1", "sent bearer ***"),
        ("eyJhbGciOi.eyJzdWIi.abc_-1 is over", "*** is over"),
        ('{"api_key": "a b", "n": 1}', '{"api_key": ***, "n": 1}'),
        ("X-Proxy-Secret: abc, next", "X-Proxy-Secret: ***, next"),
        ("Set-Cookie: frigate_token=abc; Path=/", "Set-Cookie: ***; Path=/"),
        ("password=abc", "password=***"),
        ("accessToken='a b' gone", "accessToken=*** gone"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, expected: str) -> None:
    assert redacted(text) == expected
    # Nothing more is lost the second time.
    assert redacted(expected).count("***") == expected.count("***")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Haustür",
        "front_door",
        "GET /api/*/latest.jpg",
        "0.17.2-3d4dd3a",
        "/media/frigate/recordings",
        "http://192.168.1.10:5000/frigate",
        "2026-11-23T12:00:00+01:00",
        "No connection to 127.0.0.1:5000 (Connection refused)",
        "Access denied. A user with the admin role is required.",
        "KeyError: 'front_door'",
    ],
)
def test_what_is_not_a_secret_stays(text: str) -> None:
    assert redacted(text) == text


def test_known_secrets_are_masked_in_every_form() -> None:
    text = "It was my/secret, my%2Fsecret and abc"
    assert redacted(text, {"my/secret", "abc"}) == "It was ***, *** and abc"


@pytest.mark.parametrize("part", ["a", "a:", "token", "?a=", "eyJ", "basic ", '"'])
def test_long_texts_are_cut(part: str) -> None:
    assert len(redacted(part * 100_000)) <= 4000
