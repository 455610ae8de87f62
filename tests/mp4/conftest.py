"""Recordings for the tests, each of which is generated once."""

from collections.abc import Callable

import pytest

from .material import EPOCH, Scene, Segment, record

type Record = Callable[..., list[Segment]]


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """Return a function that records a scene, once for each session."""
    known: dict[tuple[Scene, float, float], list[Segment]] = {}

    def find(scene: Scene, seconds: float = 60, late: float = 0.0) -> list[Segment]:
        key = (scene, seconds, late)
        if key not in known:
            folder = tmp_path_factory.mktemp("recording")
            known[key] = record(folder, scene, seconds, EPOCH + late)
        return known[key]

    return find
