"""Texts that people show to others contain no secrets."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from functools import partial
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from yarl import URL

from custom_components.frigate_http.aiofrigate import is_public, mask_url, redact
from custom_components.frigate_http.aiofrigate.redaction import SecretMask


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
    assert redact(text) == expected
    # Nothing more is lost the second time.
    assert redact(expected).count("***") == expected.count("***")


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
    assert redact(text) == text


SECRETS = ("my/secret+of &Straße", "a\\\"b'<c> 7", "0123-4567.89", "😀 key")


def _utf_16(text: str) -> str:
    units = text.encode("utf-16-be").hex("_", 2).split("_")
    return "".join(f"\\u{unit}" for unit in units)


def _every_second(encode: Callable[[str], str], text: str) -> str:
    return "".join(encode(one) if at % 2 else one for at, one in enumerate(text))


ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper": str.upper,
    "lower": str.lower,
    "percent": lambda text: quote(text, safe=""),
    "percent, lower case": lambda text: quote(text, safe="").lower(),
    "percent, as a path": quote,
    "percent, as a form": quote_plus,
    "percent, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "percent, in part": partial(_every_second, lambda one: quote(one, safe="")),
    "percent, by yarl": lambda text: str(URL(f"http://h/{quote(text)}").path)[1:],
    "json": lambda text: json.dumps(text)[1:-1],
    "json, not as ASCII": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "json, twice": lambda text: json.dumps(json.dumps(text))[3:-3],
    "json, with slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "json, every letter": _utf_16,
    "json, in part": partial(_every_second, _utf_16),
    "html": html.escape,
    "html, by number": lambda text: "".join(f"&#{ord(one)};" for one in text),
    "json in percent": lambda text: quote(json.dumps(text)[1:-1]),
    "base64": lambda text: b64encode(text.encode()).decode(),
    "base64 for URLs": lambda text: (
        urlsafe_b64encode(text.encode()).decode().strip("=")
    ),
}


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_known_secrets_are_masked_in_every_form(encoding: str, secret: str) -> None:
    mask = SecretMask((*SECRETS, "abc"))
    text = f"It was {ENCODINGS[encoding](secret)} and abc"
    assert mask(text).replace("=", "") == "It was *** and abc"


def test_a_mask_leaves_other_texts_alone() -> None:
    mask = SecretMask(("abc", "secret-1"))
    for text in ("", "abc 100% &amp; \\u00e4 \\d %41%", "secret-", "\ud800", "İ"):
        assert mask(text) == text
    assert SecretMask(())("secret-1") == "secret-1"


def test_letters_without_a_lower_case_of_their_own_are_masked() -> None:
    assert SecretMask(("İstanbul",))("in İSTANBUL") in {"in ***", "***"}


@pytest.mark.parametrize("part", ["a", "a:", "token", "?a=", "eyJ", "basic ", '"'])
def test_long_texts_are_cut(part: str) -> None:
    assert len(redact(part * 100_000)) <= 4000


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://192.168.1.10:5000", "http://192.168.1.10:5000"),
        ("http://[fd12::1]:5000/", "http://[fd12::1]:5000"),
        ("https://frigate.example.com/nvr", "https://***/nvr"),
        ("https://[2606:2800:220:1::1]:8971", "https://***:8971"),
        ("https://a:b@nvr.lan/x?token=abc#d", "https://nvr.lan/x"),
        ("http://h/api/hassio_ingress/abc123", "http://h/api/***/abc123"),
        ("http://h/ingress/abcdefghijkl/x/", "http://h/ingress/***/x"),
    ],
)
def test_a_url_shows_only_what_is_no_secret(url: str, expected: str) -> None:
    assert mask_url(url) == expected


@pytest.mark.parametrize(
    "host",
    [
        "93.184.216.34",
        "2606:2800:220:1:248:1893:25c8:1946",
        "[2606:2800:220:1:248:1893:25c8:1946]",
        "frigate.example.com",
        "Frigate.Example.COM.",
        "local.example.net",
        "mylan.de",
    ],
)
def test_public_hosts(host: str) -> None:
    assert is_public(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "10.0.0.5",
        "127.0.0.1",
        "172.16.3.4",
        "192.168.1.10",
        "169.254.7.7",
        "100.64.3.4",
        "::1",
        "[::1]",
        "fe80::1",
        "fd12:3456::1",
        "::ffff:192.168.1.10",
        "localhost",
        "frigate",
        "frigate.",
        "frigate.local",
        "FRIGATE.LOCAL.",
        "nvr.lan",
        "nvr.home.arpa",
        "nvr.internal",
        "nvr.fritz.box",
        "nvr.tail1234.ts.net",
    ],
)
def test_private_hosts(host: str) -> None:
    assert not is_public(host)
