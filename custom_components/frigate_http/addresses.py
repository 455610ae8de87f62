"""Whether an address lies in one's own network, as far as it tells by itself."""

from ipaddress import ip_address

_OWN_ENDINGS = (
    "arpa",
    "corp",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "private",
    "test",
    # Of a router, and of Tailscale: they lead into a network of one's own.
    "fritz.box",
    "ts.net",
)


def is_public(host: str) -> bool:
    """Return whether a host is an address or a name of the whole internet.

    A name is not looked up: its ending tells what it was meant for.
    """
    try:
        return ip_address(host.strip("[]")).is_global
    except ValueError:
        pass
    name = f".{host.rstrip('.').lower()}"
    return "." in name[1:] and not name.endswith(
        tuple(f".{one}" for one in _OWN_ENDINGS)
    )
