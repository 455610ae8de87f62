"""Identifiers of the media browser are read back as they were written, and nothing else is."""

from datetime import date

import pytest

from custom_components.frigate_http.media_ids import (
    EventSnapshot,
    EventVideo,
    ExportsFolder,
    ExportVideo,
    Form,
    Grouping,
    MediaId,
    MediaIdError,
    ObjectsFolder,
    ObjectsOfCamera,
    ObjectsOfLabel,
    RecordingsFolder,
    RecordingsOfCamera,
    RecordingsOfDay,
    RecordingVideo,
    ReviewPreview,
    ReviewsFolder,
    ReviewsGrouped,
    ReviewsOfCamera,
    ReviewsOfDay,
    ReviewVideo,
    Severity,
    read_media_id,
)

ENTRY = "01JABCDEF"
DAY = date(2026, 11, 26)
ODD = "añ o/../~%2F\\|#?&\n"
TIME = 1795452400.25


@pytest.mark.parametrize(
    ("media_id", "written"),
    [
        (MediaId(ENTRY), ENTRY),
        (ReviewsFolder(ENTRY, Severity.ALERT), f"{ENTRY}/reviews/alert"),
        (
            ReviewsGrouped(ENTRY, Severity.DETECTION, Grouping.DAYS),
            f"{ENTRY}/reviews-by/detection/days",
        ),
        (
            ReviewsOfCamera(ENTRY, Severity.ALERT, "yard", TIME, 3),
            f"{ENTRY}/reviews-of-camera/alert/yard/1795452400.25/3",
        ),
        (
            ReviewsOfDay(ENTRY, Severity.ALERT, DAY, TIME),
            f"{ENTRY}/reviews-of-day/alert/2026-11-26/1795452400.25",
        ),
        (ObjectsFolder(ENTRY), f"{ENTRY}/objects"),
        (ObjectsOfCamera(ENTRY, "yard"), f"{ENTRY}/objects-of-camera/yard"),
        (
            ObjectsOfLabel(ENTRY, ODD, "person"),
            f"{ENTRY}/objects-of-label/a~C3~B1~20o~2F..~2F~7E~252F~5C~7C~23~3F~26~0A/person",
        ),
        (RecordingsFolder(ENTRY), f"{ENTRY}/recordings"),
        (RecordingsOfCamera(ENTRY, ".."), f"{ENTRY}/recordings-of-camera/.."),
        (
            RecordingsOfDay(ENTRY, "yard", DAY),
            f"{ENTRY}/recordings-of-day/yard/2026-11-26",
        ),
        (ExportsFolder(ENTRY), f"{ENTRY}/exports"),
        (ReviewVideo(ENTRY, Form.HLS, "1.5-abc"), f"{ENTRY}/review/hls/1.5-abc"),
        (ReviewPreview(ENTRY, "1.5-abc"), f"{ENTRY}/review-preview/1.5-abc"),
        (EventVideo(ENTRY, Form.MP4, "1.5-abc"), f"{ENTRY}/event/mp4/1.5-abc"),
        (EventSnapshot(ENTRY, "1.5-abc"), f"{ENTRY}/snapshot/1.5-abc"),
        (
            RecordingVideo(ENTRY, Form.HLS, "yard", TIME, TIME + 3600),
            f"{ENTRY}/recording/hls/yard/1795452400.25/1795456000.25",
        ),
        (ExportVideo(ENTRY, "front_abc"), f"{ENTRY}/export/front_abc"),
    ],
)
def test_written_and_read(media_id: MediaId, written: str) -> None:
    """Every kind is written in one way, and read back as the same."""
    assert media_id.written == written
    assert media_id.media_content_id == f"media-source://frigate_http/{written}"
    assert read_media_id(written) == media_id


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        f"{ENTRY}/",
        f"/{ENTRY}",
        f"{ENTRY}//reviews/alert",
        f"{ENTRY} /exports",
        f"../{ENTRY}/exports",
        "e" * 65,
        f"{ENTRY}\n",
        "é/exports",
        f"{ENTRY}/unknown",
        f"{ENTRY}/exports/",
        f"{ENTRY}/exports/more",
        f"{ENTRY}/Exports",
        f"{ENTRY}/reviews",
        f"{ENTRY}/reviews/",
        f"{ENTRY}/reviews/Alert",
        f"{ENTRY}/reviews/alert/yard",
        f"{ENTRY}/reviews-by/alert/hours",
        f"{ENTRY}/reviews-of-camera/alert/",
        f"{ENTRY}/reviews-of-camera/alert/a b",
        f"{ENTRY}/reviews-of-camera/alert/a%20b",
        f"{ENTRY}/reviews-of-camera/alert/a~20b~",
        f"{ENTRY}/reviews-of-camera/alert/a~2fb",
        f"{ENTRY}/reviews-of-camera/alert/a~61",
        f"{ENTRY}/reviews-of-camera/alert/~FF",
        f"{ENTRY}/reviews-of-camera/alert/~ED~A0~80",
        f"{ENTRY}/reviews-of-camera/alert/{'a' * 256}",
        f"{ENTRY}/reviews-of-camera/alert/../detection",
        f"{ENTRY}/reviews-of-camera/alert/yard/1795452400",
        f"{ENTRY}/reviews-of-camera/alert/yard/1795452400.250",
        f"{ENTRY}/reviews-of-camera/alert/yard/01795452400.25",
        f"{ENTRY}/reviews-of-camera/alert/yard/-1.5",
        f"{ENTRY}/reviews-of-camera/alert/yard/1e9",
        f"{ENTRY}/reviews-of-camera/alert/yard/nan",
        f"{ENTRY}/reviews-of-camera/alert/yard/inf",
        f"{ENTRY}/reviews-of-camera/alert/yard/17954524000.5",
        f"{ENTRY}/reviews-of-camera/alert/yard/1795452400.25/0",
        f"{ENTRY}/reviews-of-camera/alert/yard/1795452400.25/-1",
        f"{ENTRY}/reviews-of-camera/alert/yard/1795452400.25/01",
        f"{ENTRY}/reviews-of-camera/alert/yard/1795452400.25/1000000",
        f"{ENTRY}/reviews-of-camera/alert/yard/1795452400.25/٣",
        f"{ENTRY}/reviews-of-camera/alert/yard/1795452400.25/3/4",
        f"{ENTRY}/reviews-of-day/alert/2026-02-30",
        f"{ENTRY}/reviews-of-day/alert/20261126",
        f"{ENTRY}/reviews-of-day/alert/2026-W48-4",
        f"{ENTRY}/reviews-of-day/alert/0001-01-01",
        f"{ENTRY}/objects-of-label/yard",
        f"{ENTRY}/review/1.5-abc",
        f"{ENTRY}/review/HLS/1.5-abc",
        f"{ENTRY}/review/hls/1.5-abc/thumbnail",
        f"{ENTRY}/review/hls/..%2Fconfig",
        f"{ENTRY}/recording/hls/yard/1795452400.25",
        f"{ENTRY}/recording/hls/yard/1795452400.25/",
        f"{ENTRY}/recording/hls/yard/١٧٩٥٤٥٢٤٠٠.٢٥/1795456000.25",
        f"{ENTRY}/export/{'a' * 3000}",
        f"{ENTRY}/export/a|b",
        f"{ENTRY}/export/a?b",
        f"{ENTRY}/snapshot/a\x00b",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    """A text that would not have been written is no identifier."""
    with pytest.raises(MediaIdError):
        read_media_id(text)
