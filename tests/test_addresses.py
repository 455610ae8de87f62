"""Whether an address is one of the whole internet."""

import pytest

from custom_components.frigate_http.addresses import is_public


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
def test_these_are_public(host: str) -> None:
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
def test_these_lie_in_a_network_of_ones_own(host: str) -> None:
    assert not is_public(host)
