"""What each reader of a stream gets, and how much is kept for them."""

import asyncio
from collections.abc import Iterator

from freezegun.api import FrozenDateTimeFactory

from custom_components.frigate_http.relay.groups import MAX_BYTES, Groups, Reader
from custom_components.frigate_http.relay.remux import Chunk

FRAMES = 10
"""How many frames a second has."""


class Source:
    """Brings numbered frames; a group begins every so many seconds."""

    def __init__(
        self,
        group: float = 1.0,
        size: int = 100,
        rate: float = FRAMES,
        freezer: FrozenDateTimeFactory | None = None,
    ) -> None:
        self.groups = Groups()
        self._frames_a_group = round(group * FRAMES)
        self._size = size
        self._rate = rate
        self._freezer = freezer
        self.number = 0

    def bring(self, seconds: float) -> None:
        for _ in range(round(seconds * FRAMES)):
            is_first = self.number % self._frames_a_group == 0
            name = f"{'G' if is_first else 'f'}{self.number};".encode()
            data = name.ljust(self._size, b".")
            self.groups.append([Chunk(data, is_first, self.number / self._rate)])
            self.number += 1
            if self._freezer is not None:
                self._freezer.tick(1 / self._rate)

    def reader(self) -> tuple[Reader, list[str]]:
        aborted: list[str] = []
        return Reader(self.groups, lambda: aborted.append("aborted")), aborted


def frames(data: bytes) -> list[str]:
    """Return the frames, such as G10 for one that begins a group."""
    return [part.strip(b".").decode() for part in data.split(b";")][:-1]


def names(first: int, last: int, group: int = 10) -> Iterator[str]:
    return (f"{'f' if n % group else 'G'}{n}" for n in range(first, last + 1))


async def test_a_newcomer_begins_with_as_many_pictures_as_opening_takes() -> None:
    source = Source()
    source.bring(0.3)
    assert frames(await source.reader()[0].read()) == ["G0", "f1", "f2"]
    source.bring(3.0)
    # The newer groups have 23, 13 and 3 pictures.
    assert frames(await source.reader()[0].read()) == list(names(0, 32))
    source.bring(0.1)
    assert frames(await source.reader()[0].read()) == list(names(10, 33))


async def test_a_newcomer_begins_with_a_burst_of_a_second() -> None:
    source = Source(group=5, rate=50)
    source.bring(5)
    assert frames(await source.reader()[0].read()) == list(names(0, 49, 50))
    source.bring(5)
    # A second lies between the first pictures of the two groups.
    assert frames(await source.reader()[0].read()) == list(names(0, 99, 50))
    source.bring(0.1)
    assert frames(await source.reader()[0].read()) == list(names(50, 100, 50))


async def test_a_newcomer_never_begins_in_the_middle_of_a_group() -> None:
    groups = Groups()
    groups.append([Chunk(b"late", False, 0.0)])
    assert groups
    reader = Reader(groups, lambda: None)
    reading = asyncio.ensure_future(reader.read())
    await asyncio.sleep(0)
    groups.append([Chunk(b"later", False, 0.1)])
    await asyncio.sleep(0)
    assert not reading.done()
    groups.append([Chunk(b"group", True, 0.2), Chunk(b"frame", False, 0.3)])
    assert await reading == b"groupframe"


async def test_every_reader_gets_every_frame_once() -> None:
    source = Source()
    readers = [source.reader()[0] for _ in range(20)]
    reading = [asyncio.ensure_future(reader.read()) for reader in readers]
    source.bring(0.1)
    assert await asyncio.gather(*reading) == [b"G0;".ljust(100, b".")] * 20
    source.bring(0.1)
    assert [frames(await reader.read()) for reader in readers] == [["f1"]] * 20
    late = readers[10:]
    for number in range(2, 200):
        source.bring(0.1)
        for reader in readers[: 20 if number % 3 else 10]:
            data = frames(await reader.read())
            assert data[-1] == f"{'f' if number % 10 else 'G'}{number}"
            assert len(data) == (2 if number % 3 == 1 and reader in late else 1)


async def test_a_slow_reader_goes_on_with_a_later_group(
    freezer: FrozenDateTimeFactory,
) -> None:
    source = Source(freezer=freezer)
    slow, aborted = source.reader()
    source.bring(0.1)
    assert frames(await slow.read()) == ["G0"]
    source.bring(4)
    assert frames(await slow.read()) == list(names(1, 40))
    source.bring(100)
    assert frames(await slow.read()) == list(names(1010, 1040))
    source.bring(0.1)
    assert frames(await slow.read()) == ["f1041"]
    assert not aborted


async def test_few_seconds_are_kept(freezer: FrozenDateTimeFactory) -> None:
    source = Source(group=2, freezer=freezer)
    source.bring(100)
    # Five seconds, and what is missing of the group in which they begin.
    assert source.groups.size == 60 * 100
    source.bring(1000)
    assert source.groups.size == 60 * 100
    assert len(source.groups._chunks) == 60
    assert len(source.groups._starts) == 3
    # What comes all at once is kept as long as if it had come in time.
    source = Source(group=2)
    reader = source.reader()[0]
    source.bring(0.1)
    assert frames(await reader.read()) == ["G0"]
    source.bring(59.9)
    assert frames(await reader.read()) == list(names(1, 599, 20))


async def test_a_group_may_be_larger_than_what_is_kept() -> None:
    source = Source(group=30, size=2**20)
    reader = source.reader()[0]
    got: list[str] = []
    for _ in range(100):
        source.bring(0.1)
        got += frames(await reader.read())
        assert source.groups.size <= MAX_BYTES
    assert got == list(names(0, 99, group=300))
    # The beginning of the group is gone.
    late = asyncio.ensure_future(source.reader()[0].read())
    source.bring(20)
    assert not late.done()
    source.bring(0.1)
    assert frames(await late) == ["G300"]


async def test_large_pictures_come_whole() -> None:
    picture = bytes(9 * 2**20)
    groups = Groups()
    reader = Reader(groups, lambda: None)
    for number in range(10):
        groups.append([Chunk(picture, True, float(number))])
        # A copy for each of twenty readers would be 180 MiB.
        assert await reader.read() is picture
        assert groups.size == len(picture)


async def test_the_end_is_seen_at_once() -> None:
    source = Source()
    source.bring(3)
    waiting, waiting_aborted = source.reader()
    while frames(await waiting.read())[-1] != "f29":
        pass
    stuck, stuck_aborted = source.reader()
    await stuck.read()
    left, left_aborted = source.reader()
    await left.read()
    left.leave()
    reading = asyncio.ensure_future(waiting.read())
    await asyncio.sleep(0)

    source.groups.end()
    assert await reading == b""
    assert (waiting_aborted, stuck_aborted, left_aborted) == ([], ["aborted"], [])
    # There is more to read, but not any more.
    assert await stuck.read() == b""
    assert not source.groups.readers
