"""Run the server by hand: `python -m tests.fake_frigate --cameras 4`."""

import argparse
import asyncio
import contextlib
import sys

from .server import FakeFrigate
from .state import VERSION_STRINGS


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fake_frigate", description=__doc__)
    versions = [*VERSION_STRINGS]
    parser.add_argument("--version", default=versions[0], choices=versions)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--internal-port", type=int, default=5000)
    parser.add_argument("--external-port", type=int, default=8971)
    parser.add_argument("--cameras", type=int, default=2, help="how many cameras")
    parser.add_argument("--prefix", default="", help="the path below which it answers")
    parser.add_argument("--no-auth", action="store_true", help="auth.enabled: false")
    parser.add_argument("--no-tls", action="store_true", help="tls.enabled: false")
    return parser.parse_args()


def _describe(server: FakeFrigate) -> str:
    lines = [
        f"Frigate {server.state.version_string} (a fake)",
        f"  without a login: {server.internal_url}",
        f"  with a login:    {server.external_url}",
    ]
    for name, user in server.state.users.items():
        lines.append(f"    {name} / {user.password} ({user.role})")
    lines.append(f"  cameras: {', '.join(server.state.cameras)}")
    return "\n".join(lines) + "\n"


async def _run(arguments: argparse.Namespace) -> None:
    server = FakeFrigate(
        arguments.version,
        arguments.cameras,
        {"Eileen": 2, "Ana": 0},
        3,
        auth=not arguments.no_auth,
        tls=not arguments.no_tls,
        prefix=arguments.prefix,
    )
    server.go2rtc.run_live()
    await server.start(arguments.host, arguments.internal_port, arguments.external_port)
    sys.stdout.write(_describe(server))
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await server.stop()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(_arguments()))
