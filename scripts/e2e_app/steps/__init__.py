"""What the person does, in this order; each step waits for what it needs to see."""

from collections.abc import Awaitable, Callable

from scripts.e2e_app.world import World

from .adding import add_integration, log_in
from .changing import change_option, log_in_again, reconfigure
from .leaving import download_diagnostics, remove_integration
from .looking_back import play_export, search_person, see_alerts, watch_hour
from .looking_now import lose_video, play_recording, watch_video
from .moving_over import move_back, move_over, move_over_again
from .notifying import be_notified, register_phone, see_texts_as_texts, set_up_notify
from .performing import download_clip, get_faces, play_clip
from .watching import open_device, see_dashboard, see_occupancy

type Step = Callable[[World], Awaitable[None]]

STEPS: tuple[Step, ...] = (
    log_in,
    add_integration,
    open_device,
    watch_video,
    lose_video,
    play_recording,
    see_occupancy,
    see_dashboard,
    register_phone,
    set_up_notify,
    be_notified,
    see_texts_as_texts,
    get_faces,
    download_clip,
    play_clip,
    see_alerts,
    watch_hour,
    search_person,
    play_export,
    change_option,
    log_in_again,
    download_diagnostics,
    reconfigure,
    remove_integration,
    move_over,
    move_back,
    move_over_again,
)

ONCE: tuple[Step, ...] = (watch_video, lose_video, play_recording)
"""What takes its time and shows no text of ours: not done in every language."""
