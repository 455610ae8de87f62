"""Where the demo may live: a folder and ports that nobody else uses."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
import fcntl
from pathlib import Path
import shutil
import socket
from typing import Self

from . import ROOT, DemoError

LOOPBACK = "127.0.0.1"
_PORTS_TO_TRY = 200
_FOLDERS_TO_TRY = 20


@contextmanager
def demo_folder(name: str = ".demo") -> Iterator[Path]:
    """Lend an empty folder: `.demo`, or `.demo-2` while another demo uses that."""
    for number in range(1, _FOLDERS_TO_TRY + 1):
        folder = ROOT / (name if number == 1 else f"{name}-{number}")
        folder.mkdir(exist_ok=True)
        with (folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            _clear(folder, keep="lock")
            yield folder
            return
    raise DemoError("Too many demos run from this repository: stop some of them.")


def _clear(folder: Path, keep: str) -> None:
    for path in folder.iterdir():
        if path.name == keep:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


class Ports:
    """Hands out free ports, each once, also among demos that start at the same time."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._held = ExitStack()

    def __enter__(self) -> Self:
        """Hold what is taken until the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let other demos have the ports."""
        self._held.close()

    def take(self, wanted: int) -> int:
        """Return the wanted port, or the next one that is free."""
        for port in range(wanted, wanted + _PORTS_TO_TRY):
            # A server begins to listen seconds later. Until then, the UDP port of the
            # same number, which nobody needs, shows other demos that this one is taken.
            sign = socket.socket(type=socket.SOCK_DGRAM)
            if _bind(sign, port) and _is_free(port):
                self._held.enter_context(sign)
                return port
            sign.close()
        raise DemoError(f"No free port between {wanted} and {port}: stop something.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do it: a port that was closed a moment ago counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return _bind(probe, port)


def _bind(bound: socket.socket, port: int) -> bool:
    try:
        bound.bind((LOOPBACK, port))
    except OSError:
        return False
    return True
