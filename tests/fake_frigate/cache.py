"""nginx' cache of JSON answers, which shows the past for five seconds."""

from dataclasses import dataclass, field

from .answers import Answer

VALID_SECONDS = 5
INACTIVE_SECONDS = 60


@dataclass
class _Entry:
    answer: Answer
    valid_until: int
    used: float


@dataclass
class Cache:
    """Answers by URL, and since 0.17 also by role and user."""

    entries: dict[str, _Entry] = field(default_factory=dict)

    def look_up(
        self, key: str, now: float, *, is_renewed: bool = False
    ) -> tuple[Answer | None, str]:
        """Return the stored answer if it still counts, and the name of the outcome.

        While somebody else's request renews it (`proxy_cache_use_stale updating`), it
        counts however old it is.
        """
        entry = self.entries.get(key)
        if entry is None or now - entry.used > INACTIVE_SECONDS:
            return None, "MISS"
        entry.used = now
        # nginx counts whole seconds, so that an answer may live for almost six.
        if int(now) > entry.valid_until:
            return (entry.answer, "UPDATING") if is_renewed else (None, "EXPIRED")
        return entry.answer, "HIT"

    def store(self, key: str, answer: Answer, now: float) -> None:
        """Keep an answer if it is of the kind that is kept."""
        if answer.status == 200 and answer.content_type == "application/json":
            self.entries[key] = _Entry(answer, int(now) + VALID_SECONDS, now)
