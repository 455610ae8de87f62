"""What a test may do to recordings and exports."""

import math
from typing import Any

from tests.mp4.material import Scene

from .exporter import Case, Export, random_name
from .exports import default_name
from .footage import segments
from .state import ServerState


class FootageControls:
    """Changes what was recorded and exported."""

    state: ServerState

    def record_only(self, camera: str, *spans: tuple[float, float]) -> None:
        """Let these spans be all a camera has recorded."""
        self.state.footage.keep_only(camera, *spans)

    def cut_recordings(self, camera: str, start: float, end: float = math.inf) -> None:
        """Make a gap; without an end the camera records nothing any more."""
        self.state.footage.cut(camera, start, end)

    def weigh_recordings(self, camera: str, megabytes: float) -> None:
        """Let each segment of a camera, of 10 s, say that it takes that much of the disk.

        That is the `segment_size` of its list and what storage counts; the video itself
        stays as small as it is, so that a clip of 50 MB costs a test nothing.
        """
        self.state.footage.megabytes[camera] = megabytes

    def write_recordings(self) -> None:
        """Let all that was recorded until now be on the disk, of which 10 to 20 s are not."""
        self.state.footage.written = self.state.clock()

    def lose_file(self, camera: str, moment: float) -> None:
        """Take a file off the disk, of which the database still tells."""
        (found,) = (
            each
            for each in segments(self.state, camera, moment, moment)
            if each.start <= moment < each.until
        )
        self.state.footage.lost.add((camera, found.start))

    def show(self, camera: str, scene: Scene, since: float = -math.inf) -> None:
        """Choose what a camera records, from the first segment after a moment on.

        Two scenes of different codecs or sizes are a camera that was reconfigured.
        """
        self.state.footage.show(camera, scene, since)

    def add_export(
        self,
        camera: str,
        start: float,
        end: float,
        name: str = "",
        **settings: Any,
    ) -> Export:
        """Add an export that is finished unless its status is given."""
        settings = {"id": f"{camera}_{random_name(6)}", "status": "success", **settings}
        # What was finished before has no job any more.
        settings["forgotten"] = settings["status"] in ("success", "failed")
        export = Export(
            camera=camera,
            name=name or default_name(camera, start, end),
            start=start,
            end=end,
            **settings,
        )
        self.state.exporter.exports.append(export)
        return export

    def add_case(self, name: str, case_id: str = "") -> Case:
        """Add a case for exports."""
        now = self.state.clock()
        case = Case(case_id or random_name(12), name, None, now, now)
        self.state.cases[case.id] = case
        return case
