"""What the person asked for on the command line."""

import argparse
from dataclasses import dataclass

from .frigate import VERSIONS


@dataclass(frozen=True, kw_only=True)
class Options:
    """The command line, understood."""

    check: bool
    killed: bool
    frigate: str | None
    insecure: bool
    auth: bool
    version: str


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Show the integration in a real Home Assistant, until Ctrl-C.",
        epilog="With --frigate, the login is taken from FRIGATE_USERNAME and "
        "FRIGATE_PASSWORD, or FRIGATE_TOKEN; otherwise it is asked for.",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="run unattended: look at everything once, then end",
    )
    parser.add_argument(
        "--killed",
        action="store_true",
        help="run unattended: kill Home Assistant while it takes over from the official "
        "integration, start it again, and look for what is lost",
    )
    parser.add_argument(
        "--frigate",
        metavar="URL",
        help="use this Frigate instead of a simulated one",
    )
    parser.add_argument(
        "--insecure",
        action="store_true",
        help="with --frigate: accept a self-signed certificate",
    )
    parser.add_argument(
        "--auth",
        action="store_true",
        help="use the simulated Frigate's authenticated port (TLS and a login)",
    )
    parser.add_argument(
        "--version",
        choices=VERSIONS,
        help=f"version of the simulated Frigate (default: {VERSIONS[-1]})",
    )
    return parser


def parse_options(arguments: list[str] | None = None) -> Options:
    """Read the command line; leave with a usage message when it makes no sense."""
    parser = _parser()
    parsed = parser.parse_args(arguments)
    if parsed.insecure and not parsed.frigate:
        parser.error("--insecure goes with --frigate")
    if parsed.frigate and (parsed.auth or parsed.version):
        parser.error("--auth and --version are for the simulated Frigate")
    if parsed.check and (parsed.auth or parsed.version):
        parser.error("--check takes every version, and both ports")
    if parsed.killed and (parsed.check or parsed.frigate or parsed.auth):
        parser.error("--killed goes alone, or with --version")
    return Options(
        check=parsed.check,
        killed=parsed.killed,
        frigate=parsed.frigate,
        insecure=parsed.insecure,
        auth=parsed.auth,
        version=parsed.version or VERSIONS[-1],
    )
