"""Work in threads, which a test that moves a stopped clock on has to wait for."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

_unfinished: set[asyncio.Future[Any]] = set()


@contextmanager
def counted_threads() -> Iterator[None]:
    """Count the work that the running event loop gives to threads."""
    loop = asyncio.get_running_loop()
    run = loop.run_in_executor

    def count(
        executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        return _remember(run(executor, func, *args))

    # Of a loop that has ended nothing ends any more.
    _unfinished.clear()
    with patch.object(loop, "run_in_executor", count):
        yield


def count_work(work: Future[Any]) -> None:
    """Count other work in threads, until its end."""
    _remember(asyncio.wrap_future(work))


def _remember(work: asyncio.Future[Any]) -> asyncio.Future[Any]:
    _unfinished.add(work)
    work.add_done_callback(_unfinished.discard)
    return work


async def threads_are_idle() -> bool:
    """Wait for all work in threads; return whether there was none."""
    if not _unfinished:
        return True
    await asyncio.wait([*_unfinished])
    return False
