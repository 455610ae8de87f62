"""Run all benchmarks, or some of them, and print one table: `python -m benchmarks [name ...]`."""

import argparse
import asyncio
import importlib
import sys

from .table import Row, table

NAMES = (
    "growing",
    "push",
    "stills",
    "mjpeg",
    "relay",
    "json_text",
    "join",
    "clip",
    "browse",
    "watch",
    "first_picture",
)


async def _measure(names: list[str]) -> list[Row]:
    rows: list[Row] = []
    for name in names:
        sys.stderr.write(f"{name} ...\n")
        rows += await importlib.import_module(f"benchmarks.{name}").measure()
    return rows


def main() -> None:
    """Measure one thing after the other; exit with 1 if a ratio is above its limit."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(NAMES))
    names: list[str] = parser.parse_args().names or [*NAMES]
    if unknown := [name for name in names if name not in NAMES]:
        parser.error(f"knows no {', '.join(unknown)}; only {', '.join(NAMES)}")
    rows = asyncio.run(_measure(names))
    sys.stdout.write(f"{table(rows)}\n")
    if missed := [row for row in rows if not row.is_good_enough]:
        for row in missed:
            sys.stderr.write(f"Above its limit: {row.what}, {row.scale}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
