"""What a benchmark has measured, and the table that shows it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement, and what it is compared with in the same run.

    Seconds of a busy machine say little; the ratio of two that were measured one after the
    other says what our code adds.
    """

    what: str
    scale: str
    """How much there was to do, such as `64 cameras`."""
    value: float
    unit: str
    """The unit of the value and of the reference, such as `ms`."""
    reference: float | None = None
    against: str = ""
    """What the reference is, such as `alone` or `of 8 cameras`."""
    limit: float | None = None
    """The largest ratio that is good enough."""

    @property
    def ratio(self) -> float | None:
        """Return the value divided by the reference."""
        return self.value / self.reference if self.reference else None

    @property
    def is_good_enough(self) -> bool:
        """Return whether the ratio is within its limit, if there are both."""
        return self.ratio is None or self.limit is None or self.ratio <= self.limit


def table(rows: Iterable[Row]) -> str:
    """Return the measurements as a table in Markdown."""
    lines = [
        "| what | how much | cost | against | ratio | at most |",
        "|---|---|---:|---|---:|---:|",
        *map(_line, rows),
    ]
    return "\n".join(lines)


def _line(row: Row) -> str:
    reference = ""
    if row.reference is not None:
        reference = f"{_number(row.reference)} {row.unit} {row.against}"
    cells = (
        row.what,
        row.scale,
        f"{_number(row.value)} {row.unit}",
        reference,
        _number(row.ratio),
        _number(row.limit),
    )
    return f"| {' | '.join(cells)} |"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
