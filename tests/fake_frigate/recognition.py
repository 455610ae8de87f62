"""What the recognition of faces knows and remembers."""

from dataclasses import dataclass, field


@dataclass
class Recognition:
    """The model behind the library, and what it will find in pictures.

    After a change the model is built anew; `unbuilt` counts the requests that still
    find it unready. `results` holds name and score of pictures that wait for training,
    by file name; `events` the ids of events whose snapshot shows a face.
    """

    unbuilt: int = 0
    results: dict[str, tuple[str, float]] = field(default_factory=dict)
    events: set[str] = field(default_factory=set)

    def ready(self, faces: dict[str, list[str]]) -> bool:
        """Whether the model can be asked; asking moves its building on."""
        if self.unbuilt:
            self.unbuilt -= 1
            return False
        return any(faces.values())
