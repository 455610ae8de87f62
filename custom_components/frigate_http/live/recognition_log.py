"""Which faces and plates count as recognized, and that each of them fires once."""

from ..aiofrigate import Config, Event, Recognized

_MAX_REMEMBERED = 500


class RecognitionLog:
    """Tells new recognitions from repeated ones of the same tracked object.

    Frigate repeats a recognition with every frame, also for several people in turn, and
    every poll returns all of them again.
    """

    def __init__(self) -> None:
        """Start with an empty log."""
        # A dictionary, because unlike a set it keeps the order of insertion.
        self._seen: dict[tuple[str, bool, str], None] = {}

    def is_new(self, found: Recognized) -> bool:
        """Return whether a recognition is new, and remember it."""
        if found.shown is None:
            return False
        if found.event_id is None:
            # Without an event id, a repetition cannot be recognized as one.
            return True
        key = (found.event_id, found.is_plate, found.shown)
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > _MAX_REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return True


def is_certain(found: Recognized, config: Config) -> bool:
    """Return whether Frigate itself is sure of a recognition, so that it counts."""
    if found.is_plate:
        # Frigate does not send a plate of which it is not sure.
        return found.score is None or found.score >= config.plate_threshold
    if found.name is None or found.score is None:
        return False
    return found.score >= config.face_threshold


def name_of(sub_label: str | None, config: Config) -> str | None:
    """Return a sub label if it is a name: a logo is neither a person nor a known plate."""
    return None if sub_label in config.attributes else sub_label


def recognition_of(event: Event, config: Config) -> Recognized | None:
    """Return the recognized face or plate of an event, if there is one that counts."""
    if event.camera is None:
        return None
    is_plate, name = event.plate is not None, name_of(event.sub_label, config)
    # A name that somebody assigned by hand has no score.
    is_face = event.label == "person" and event.sub_label_score is not None
    if not (is_plate or (is_face and name)):
        return None
    score = event.plate_score if is_plate else event.sub_label_score
    found = Recognized(event.camera, is_plate, name, event.plate, event.event_id, score)
    return found if is_certain(found, config) else None
