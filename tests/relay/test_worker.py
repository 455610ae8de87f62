"""Home Assistant's own stream worker reads what the relay makes, without an error."""

import io
import itertools
from pathlib import Path

import av
import pytest

from custom_components.frigate_http.relay.remux import Remuxer
from homeassistant.components.camera import DynamicStreamSettings
from homeassistant.components.stream import create_stream
from homeassistant.components.stream.const import HLS_PROVIDER
from homeassistant.components.stream.exceptions import StreamEndedError
from homeassistant.components.stream.worker import StreamState, stream_worker
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from .messages import Connection, Relayed


async def test_home_assistant_reads_over_reconnects_and_silence(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    relayed = Relayed()
    sent = 0
    # An hour without a connection, and audio that stops for three seconds.
    for start, without in ((0, ""), (3600, "audio"), (3603, ""), (90_000, "")):
        connection = Connection(start=start)
        messages = [*connection.messages(3, without)]
        sent += sum(each.packet.medium == "video" for each in messages)
        relayed.feed(Remuxer(connection.init), messages)
    path = tmp_path / "stream.ts"
    path.write_bytes(relayed.data)

    assert await async_setup_component(hass, "stream", {})
    stream = create_stream(hass, str(path), {}, DynamicStreamSettings())
    output = stream.add_provider(HLS_PROVIDER)
    with pytest.raises(StreamEndedError):
        await hass.async_add_executor_job(
            stream_worker,
            stream.source,
            stream.pyav_options,
            stream._stream_settings,
            StreamState(hass, stream.outputs, stream._diagnostics),
            stream._keyframe_converter,
            stream._thread_quit,
        )
    await hass.async_block_till_done()

    first, *_ = segments = output.get_segments()
    body = first.init + b"".join(
        part.data for segment in segments for part in segment.parts
    )
    times: dict[str, list[float]] = {"video": [], "audio": []}
    with av.open(io.BytesIO(body), "r") as container:
        for packet in container.demux():
            if packet.dts is not None:
                times[packet.stream.type].append(packet.dts * float(packet.time_base))
    await stream.remove_provider(output)
    await stream.stop()

    # All but the last ones, of which the worker has not seen the end.
    assert sent - 20 < len(times["video"]) <= sent == 240
    assert times["video"][-1] - times["video"][0] == pytest.approx(11.5, abs=0.5)
    assert abs(times["audio"][-1] - times["video"][-1]) < 0.2
    for medium, longest in (("video", 0.12), ("audio", 0.45)):
        steps = [later - time for time, later in itertools.pairwise(times[medium])]
        assert min(steps) > 0
        assert max(steps) < longest
