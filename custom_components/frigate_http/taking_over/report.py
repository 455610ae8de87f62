"""Reports what is taken over, and what stops working, for an action and for the flow."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
import html
import re

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.json import JsonObjectType

from ..const import DOMAIN
from .known import KnownServer
from .mentions import Finding, Mention, Mentions, async_find_mentions
from .patterns import Advice
from .places import Place
from .plan import Move, Plan, Stays

MAX_LINES = 150
"""Lines that the preview shows of a device, of what stops working and of what goes on."""
MAX_PER_LINE = 8
"""Findings that a line of the preview names."""

_TEXTS = "common"
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


type Findings = dict[Finding, None]
"""Findings in their order, once each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceReport:
    """What happens to the entities of a device of the official integration."""

    name: str
    """Empty if the entities have no device."""
    moves: tuple[Move, ...]
    stays: tuple[Stays, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A plan by device, and what stops working by place, with the texts that explain it."""

    plan: Plan
    devices: tuple[DeviceReport, ...]
    mentions: Mentions
    texts: Mapping[str, str]

    def phrase(self, key: str, **words: str) -> str:
        """Return a text of ours, with its placeholders filled in."""
        found = self.texts.get(f"component.{DOMAIN}.{_TEXTS}.take_over_{key}", key)
        for name, word in words.items():
            found = found.replace(f"{{{name}}}", word)
        return found

    def instead(self, finding: Finding, shown: Callable[[str], str] = str) -> str:
        """Return what to write instead of a finding; names in it are shown in a way."""
        replacement = shown(finding.replacement)
        if finding.advice is Advice.STAYS:
            replacement = self.phrase(f"reason_{finding.replacement}")
        return self.phrase(f"instead_{finding.advice}", replacement=replacement)

    def by_instead(self, shown: Callable[[str], str] = str) -> Mapping[str, Findings]:
        """Return all findings, once each, by what to write instead of them."""
        found: dict[str, Findings] = {}
        for mention in self.mentions.mentions:
            for one in mention.findings:
                found.setdefault(self.instead(one, shown), {})[one] = None
        return found

    def title(self, place: Place) -> str:
        """Return the title of a place, with the view if it is one of a dashboard."""
        title = place.title or self.phrase("overview")
        return title if place.view is None else f"{title} / {place.view}"

    def as_dict(self) -> JsonObjectType:
        """Return all of it as the answer of an action."""
        return {
            "title": self.plan.old_title,
            "devices": [_device(self, one) for one in self.devices],
            "mentions": [_mention(self, one) for one in self.mentions.mentions],
            "instead": [
                {
                    "found": list(dict.fromkeys(one.found for one in found)),
                    "instead": text,
                }
                for text, found in self.by_instead().items()
            ],
            "unreadable": [self.title(one) for one in self.mentions.unreadable],
            "is_complete": self.mentions.is_complete,
        }


async def async_make_report(
    hass: HomeAssistant, plan: Plan, known: KnownServer
) -> Report:
    """Report on a plan, before it is carried out or afterwards; nothing is changed."""
    return Report(
        plan=plan,
        devices=tuple(_devices(hass, plan)),
        mentions=await async_find_mentions(hass, plan, known),
        texts=await async_get_translations(
            hass, hass.config.language, _TEXTS, {DOMAIN}
        ),
    )


@callback
def _devices(hass: HomeAssistant, plan: Plan) -> list[DeviceReport]:
    """Return the devices by name, with what has no device at the end."""
    registry = dr.async_get(hass)
    moves: dict[str, list[Move]] = {}
    stays: dict[str, list[Stays]] = {}

    def name_of(device_id: str | None) -> str:
        device = None if device_id is None else registry.async_get(device_id)
        return "" if device is None else device.name_by_user or device.name or ""

    for move in plan.moves:
        moves.setdefault(name_of(move.old_device_id), []).append(move)
    for stay in plan.stays:
        stays.setdefault(name_of(stay.old_device_id), []).append(stay)
    return [
        DeviceReport(
            name=name,
            moves=tuple(sorted(moves.get(name, ()), key=lambda one: one.entity_id)),
            stays=tuple(sorted(stays.get(name, ()), key=lambda one: one.entity_id)),
        )
        for name in sorted({*moves, *stays}, key=lambda name: (not name, name))
    ]


def _device(report: Report, device: DeviceReport) -> JsonObjectType:
    return {
        "device": device.name or None,
        "moves": [
            {
                "entity_id": move.entity_id,
                "replaces": None if move.twin is None else move.twin.entity_id,
                "differences": [
                    {
                        "aspect": one.aspect.value,
                        "before": one.theirs or None,
                        "after": one.ours or None,
                    }
                    for one in move.differences
                ],
            }
            for move in device.moves
        ],
        "stays": [
            {
                "entity_id": one.entity_id,
                "reason": one.reason.value,
                "explanation": report.phrase(f"reason_{one.reason}"),
            }
            for one in device.stays
        ],
    }


def _mention(report: Report, mention: Mention) -> JsonObjectType:
    place = mention.place
    return {
        "kind": place.kind.value,
        "title": place.title or report.phrase("overview"),
        "view": place.view,
        "entity_id": place.entity_id,
        "path": place.path,
        "stops": [one.found for one in mention.findings if not one.keeps_working],
        "goes_on": [one.found for one in mention.findings if one.keeps_working],
    }


def preview_markdown(report: Report) -> str:
    """Return the report for the preview of the flow; names are shown as plain text."""
    parts = [_folded_device(report, one) for one in report.devices]
    stops = _folded_mentions(
        report, report.phrase("stops"), report.phrase("advice"), keeps_working=False
    )
    goes_on = _folded_mentions(report, report.phrase("goes_on"), keeps_working=True)
    parts += [stops or report.phrase("nothing_stops"), *([goes_on] if goes_on else [])]
    if not report.mentions.is_complete:
        parts.append(report.phrase("incomplete"))
    if report.mentions.unreadable:
        titles = [_plain(report.title(one)) for one in report.mentions.unreadable]
        parts.append(_folded(report.phrase("unreadable"), titles))
    parts.append(report.phrase("searched"))
    return "\n\n".join(parts)


def _folded_device(report: Report, device: DeviceReport) -> str:
    lines = [_move_line(report, one) for one in device.moves]
    lines += [
        f"{_code(one.entity_id)}: {report.phrase(f'reason_{one.reason}')}"
        for one in device.stays
    ]
    name = device.name or report.phrase("no_device")
    counts = []
    if device.moves:
        counts.append(report.phrase("moving", count=str(len(device.moves))))
    if device.stays:
        counts.append(report.phrase("staying", count=str(len(device.stays))))
    return _folded(f"{name} · {', '.join(counts)}", lines)


def _move_line(report: Report, move: Move) -> str:
    notes = [
        f"{report.phrase(f'aspect_{one.aspect}')}: {_plain(one.theirs or '-')} → "
        f"{_plain(one.ours or '-')}"
        for one in move.differences
    ]
    if move.twin is not None:
        notes.append(report.phrase("replaces", twin=_code(move.twin.entity_id)))
    line = _code(move.entity_id)
    return f"{line}: {'; '.join(notes)}" if notes else line


def _folded_mentions(
    report: Report, title: str, heading: str = "", *, keeps_working: bool
) -> str | None:
    """Return the places with what is found there, and then what to write, once each."""
    places = list(_mention_lines(report, keeps_working=keeps_working))
    if not places:
        return None
    advice = [
        f"{_codes(one.found for one in found)}: {text}"
        for text, found in report.by_instead(_code).items()
        if next(iter(found)).keeps_working is keeps_working
    ]
    heading = f"**{heading}**" if heading else "---"
    return _folded(f"{title} · {len(places)}", places, heading, advice)


def _mention_lines(report: Report, *, keeps_working: bool) -> Iterator[str]:
    for mention in report.mentions.mentions:
        found = [
            one.found for one in mention.findings if one.keeps_working is keeps_working
        ]
        if found:
            kind = report.phrase(f"kind_{mention.place.kind}")
            title = _plain(report.title(mention.place))
            yield f"{kind} **{title}**: {_codes(found)}"


def _folded(
    summary: str, lines: list[str], heading: str = "", more: list[str] | None = None
) -> str:
    """Return lists that are unfolded with a click; the summary is plain text."""
    blocks = [_listed(lines), *([heading, _listed(more)] if more else [])]
    shown = "\n\n".join(blocks)
    return f"<details><summary>{_line(html.escape(summary))}</summary>\n\n{shown}\n\n</details>"


def _listed(lines: list[str]) -> str:
    if (more := len(lines) - MAX_LINES) > 0:
        lines = [*lines[:MAX_LINES], f"… +{more}"]
    return "\n".join(f"- {one}" for one in lines)


def _codes(texts: Iterable[str]) -> str:
    """Return texts once each, and how many there are more."""
    found = list(dict.fromkeys(texts))
    shown = ", ".join(_code(one) for one in found[:MAX_PER_LINE])
    more = len(found) - MAX_PER_LINE
    return f"{shown}, … +{more}" if more > 0 else shown


def _plain(text: str) -> str:
    """Return a text in which Markdown and HTML mean nothing."""
    return _PUNCTUATION.sub(r"\\\1", _line(text))


def _code(text: str) -> str:
    return f"`{_line(text).replace('`', "'")}`"


def _line(text: str) -> str:
    return " ".join(text.split())
