"""Waiting in real time, also while a test has frozen the clock."""

import asyncio
from collections.abc import Callable
import heapq
import itertools
import threading
import time


def real_time() -> float:
    """Return a clock that no test can freeze."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


class RealTimer:
    """Timers that run in real time, in a thread of their own.

    A frozen clock also stops the timers of asyncio, and a camera would then send no pictures.
    """

    def __init__(self) -> None:
        """Begin without a thread; the first wait starts it."""
        self._changed = threading.Condition()
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._closed = False

    async def sleep(self, seconds: float) -> None:
        """Wait that many real seconds."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()

        def finish() -> None:
            if not waiter.done():
                waiter.set_result(None)

        def wake() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(finish)

        with self._changed:
            entry = (real_time() + seconds, next(self._numbers), wake)
            heapq.heappush(self._queue, entry)
            if self._thread is None:
                self._closed = False
                self._thread = threading.Thread(target=self._run, name="fake-frigate")
                self._thread.start()
            self._changed.notify()
        await waiter

    def close(self) -> None:
        """End the thread; nobody may be waiting any more."""
        with self._changed:
            thread, self._thread = self._thread, None
            self._closed = True
            self._queue.clear()
            self._changed.notify()
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                now = real_time()
                while self._queue and self._queue[0][0] <= now:
                    heapq.heappop(self._queue)[2]()
                wait = self._queue[0][0] - now if self._queue else None
                self._changed.wait(wait)
