"""What Frigate understands of what it sees: it is stored, and pushed as Frigate would.

A test configures first, then lets things be understood:

    frigate.describe("front_door")                  # review.genai of a camera
    review = frigate.review_starts("front_door")
    frigate.review_ends(review)
    frigate.review_described(review, "A parcel at the door", potential_threat_level=1)

    frigate.describe("front_door", objects=True)    # objects.genai too
    frigate.object_described(event, "A man with a dog")

    frigate.add_trigger("front_door", "parcel")     # semantic search, with a trigger
    frigate.trigger_fires(event, "parcel", score=0.87)

    frigate.add_object_classifier("dogs", "dog")    # or kind="attribute"
    frigate.object_classified(event, "dogs", "Luna")

    frigate.face_recognized(event, "Ana", score=0.4)  # too low a score to be sure
    frigate.face_unknown(event)                       # no name at all

What is configured shows in `/api/config`, so that it comes before setting up or reloading.
"""

from copy import deepcopy
from typing import Any

from .database import Event, Review
from .descriptions import HIGHEST_THREAT, is_valid_017, margin, metadata_of
from .detection_controls import DetectionControls
from .settings import ObjectClassifier, Trigger


class UnderstandingControls(DetectionControls):
    """Lets texts, triggers and classifications come to what was detected."""

    # Configuration

    def describe(
        self,
        *cameras: str,
        alerts: bool = True,
        detections: bool = False,
        objects: bool = False,
        image_source: str = "preview",
    ) -> None:
        """Configure a language model that describes the alerts of cameras, by default of all.

        With `detections` it describes these too, with `objects` the tracked objects. 0.18
        moves the times of what it describes if its `image_source` is `recordings`.
        """
        self.state.genai = True
        for name in cameras or self.state.cameras:
            camera = self.state.cameras[name]
            camera.review_descriptions = self.state.is_017
            camera.object_descriptions = objects
            camera.describes_alerts = alerts
            camera.describes_detections = detections
            camera.described_from = image_source

    def add_trigger(self, camera: str, name: str, **settings: Any) -> Trigger:
        """Configure semantic search, and a trigger of a camera (see `Trigger`)."""
        assert self.state.is_017, "0.16 has no triggers"
        self.state.semantic_search = True
        trigger = Trigger(**{"data": name, **settings})
        self.state.cameras[camera].triggers[name] = trigger
        return trigger

    def add_object_classifier(
        self, model: str, *labels: str, kind: str = "sub_label"
    ) -> None:
        """Configure a model that classifies objects with these labels."""
        assert self.state.is_017, "0.16 has no models of the user's own"
        self.state.object_classifiers[model] = ObjectClassifier(labels, kind)

    # Texts

    def review_described(
        self,
        review: Review,
        title: str = "A parcel at the door",
        *,
        metadata: dict[str, Any] | None = None,
        **changes: Any,
    ) -> None:
        """Let the language model describe an item that has ended: store it, and push it.

        Keyword arguments change single texts, by their names in `data.metadata`. With
        `metadata` that is all there is, be it odd: 0.18 keeps anything that is an object,
        0.17 only what fits its types, however long. An item that still runs ends with its
        description; when it is told to end after that, the end is pushed without it, as
        happens to whoever is told late.
        """
        camera = self.state.cameras[review.camera]
        assert self.state.genai, "no language model is configured"
        assert camera.review_descriptions, f"nothing describes {review.camera}"
        which = {
            "alert": camera.describes_alerts,
            "detection": camera.describes_detections,
        }
        assert which[review.severity], f"no {review.severity} is described"
        if review.end_time is None:
            review.end_time = self.state.clock()
            review.undescribed = deepcopy(review.whole())
        if metadata is None:
            metadata = metadata_of(self.state, review, title, changes)
            highest = HIGHEST_THREAT["0.18" if self.state.is_018 else "0.17.2"]
            assert 0 <= metadata["potential_threat_level"] <= highest
        assert self.state.is_018 or is_valid_017(metadata), "0.17 keeps no such answer"
        if self.state.is_018 and camera.described_from == "recordings":
            moved = margin(review)
            review.start_time -= moved
            review.end_time += moved
        # The item is copied for the message when its times have been moved already.
        before = review.whole()
        review.data = review.data | {"metadata": metadata}
        message = {"type": "genai", "before": before, "after": review.whole()}
        self._live.publish_json("reviews", message)

    def object_described(self, event: Event, description: str) -> None:
        """Let the language model describe an object, or speech be written down."""
        camera = self.state.cameras[event.camera]
        forced = [each for each, _, force in self.state.regenerations if force]
        described = camera.object_descriptions or event.id in forced
        is_sound = event.data["type"] == "audio"
        assert is_sound or self.state.genai, "no language model is configured"
        assert is_sound or described, f"nothing describes {event.id}"
        event.data["description"] = description
        message = {
            "type": "description",
            "id": event.id,
            "description": description,
            "camera": event.camera,
        }
        self._live.publish_json("tracked_object_update", message)

    # Triggers and models of the user's own

    def trigger_fires(self, event: Event, name: str, score: float = 0.87) -> None:
        """Let an object be near enough to what a trigger of its camera waits for."""
        trigger = self.state.cameras[event.camera].triggers[name]
        assert self.state.semantic_search, "nothing is compared without semantic search"
        assert trigger.enabled, f"{name} is off"
        assert score >= trigger.threshold, f"{name} needs {trigger.threshold}"
        trigger.last_triggered, trigger.event_id = self.state.clock(), event.id
        message = {
            "name": name,
            "camera": event.camera,
            "event_id": event.id,
            "type": trigger.kind,
            "score": score,
        }
        self._live.publish_json("triggers", message)

    def object_classified(
        self, event: Event, model: str, result: str, score: float = 0.91
    ) -> None:
        """Let a model be sure of what an object is, which it says again and again."""
        classifier = self.state.object_classifiers[model]
        assert event.label in classifier.labels, f"{model} looks at no {event.label}"
        assert event.tracked, "what is gone is not classified"
        assert score >= classifier.threshold, f"{model} needs {classifier.threshold}"
        assert result != "none", "what is nothing is not told"
        if classifier.kind == "sub_label":
            self._name(event, result, score)
        else:
            event.data |= {model: result, f"{model}_score": score}
        message = {
            "type": "classification",
            "id": event.id,
            "camera": event.camera,
            "timestamp": self.state.clock(),
            "model": model,
            classifier.kind: result,
            "score": score,
        }
        self._live.publish_json("tracked_object_update", message)
