"""Ranges of bytes: only one well-formed range is asked for, and only it is accepted."""

import pytest

from custom_components.frigate_http.aiofrigate import ByteRange, ContentRange


@pytest.mark.parametrize(
    ("header", "sent"),
    [
        ("bytes=0-0", "bytes=0-0"),
        ("bytes=10-19", "bytes=10-19"),
        ("bytes=0-", "bytes=0-"),
        ("bytes=-5", "bytes=-5"),
        ("Bytes=007-9", "bytes=7-9"),
        (f"bytes=0-{'9' * 18}", f"bytes=0-{'9' * 18}"),
    ],
)
def test_one_range_is_passed_on(header: str, sent: str) -> None:
    found = ByteRange.parse(header)
    assert found is not None
    assert found.header == sent
    assert ByteRange.parse(sent) == found


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=-0",
        "bytes=5-4",
        "bytes=0-1,3-4",
        "bytes=0-1, 3-4",
        "bytes=0-1,",
        "bytes= 0-1",
        " bytes=0-1",
        "bytes=0-1 ",
        "bytes=0 - 1",
        "bytes=+1-2",
        "bytes=--1",
        "bytes=1-2-3",
        "bytes=a-b",
        "bytes=0x1-2",
        "bytes=1.5-2",
        "bytes=\uff11-",
        f"bytes=0-{'9' * 19}",
        "items=0-1",
        "bytes 0-1/2",
        "bytes=0-1\n",
        "bytes=0-1\r\nX: y",
    ],
)
def test_anything_else_is_no_range(header: str) -> None:
    assert ByteRange.parse(header) is None


@pytest.mark.parametrize(
    "header", ["bytes 0-0/1", "bytes 10-19/20", f"bytes 0-1/{'9' * 18}"]
)
def test_a_part_is_read(header: str) -> None:
    part = ContentRange.parse(header)
    assert part is not None
    assert part.header == header
    assert part.length == part.last - part.first + 1


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes 0-0/*",
        "bytes */5",
        "bytes 0-5/5",
        "bytes 3-2/5",
        "bytes=0-1/5",
        "bytes 0-1",
        "bytes 0-1/5, bytes 2-3/5",
        "bytes -1/5",
        f"bytes 0-1/{'9' * 19}",
        "bytes 0-1/5\n",
    ],
)
def test_anything_else_is_no_part(header: str) -> None:
    assert ContentRange.parse(header) is None


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("bytes=0-", "bytes 0-99/100"),
        ("bytes=10-19", "bytes 10-19/100"),
        ("bytes=90-900", "bytes 90-99/100"),
        ("bytes=-10", "bytes 90-99/100"),
        ("bytes=-900", "bytes 0-99/100"),
    ],
)
def test_a_part_answers_its_range_only(asked: str, answered: str) -> None:
    wanted = ByteRange.parse(asked)
    part = ContentRange.parse(answered)
    other = ContentRange.parse("bytes 11-18/100")
    assert wanted is not None
    assert part is not None
    assert other is not None
    assert wanted.is_answered_by(part)
    assert not wanted.is_answered_by(other)
