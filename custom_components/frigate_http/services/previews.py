"""The action for previews: one time-lapse video for each hour."""

from homeassistant.util.json import JsonObjectType

from ..dates import as_local_iso
from ..downloads.footage import async_wait_until
from ..periods import PERIOD_FIELDS, period_of
from .action import CameraAction, CameraCall


async def _get_previews(call: CameraCall) -> JsonObjectType:
    """List the previews of a period once it is over.

    Their URLs are for a browser that is logged in to Frigate, and the paths of their videos
    for notifications and dashboards of Home Assistant.
    """
    period = period_of(call.data, call.client.clock)
    await async_wait_until(call.client, period.end)
    found = await call.client.previews.list(call.camera, period.start, period.end)
    base = call.runtime.server.browser_url
    return {
        "previews": [
            {
                "start": as_local_iso(preview.start),
                "end": as_local_iso(preview.end),
                "media_type": preview.media_type,
                "url": base + preview.path if preview.path.startswith("/") else None,
                "video": call.links.to_preview(call.camera, preview),
            }
            for preview in found
        ]
    }


ACTIONS = (
    CameraAction(
        name="get_previews",
        handler=_get_previews,
        fields=PERIOD_FIELDS,
        is_query=True,
    ),
)
