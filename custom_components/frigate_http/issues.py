"""Repair issues: problems of a server that its owner can fix, and no others.

A temporary fault is the state of an entity, and Home Assistant itself asks for expired
credentials with a reauthentication flow.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from yarl import URL

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.const import CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util

from .aiofrigate import FrigateClient, Profile, ServerClock, is_public
from .const import CREDENTIAL_KEYS, DOMAIN

UPDATE_GUIDE_URL = "https://docs.frigate.video/frigate/updating"
MAX_CLOCK_DIFFERENCE = 30.0
"""Seconds by which the clocks may differ without an issue."""


class PolledServer(Protocol):
    """The part of the coordinator of a server that issues are derived from."""

    hass: HomeAssistant
    config_entry: ConfigEntry
    client: FrigateClient
    last_update_success: bool
    last_exception: BaseException | None

    @property
    def profile(self) -> Profile:
        """Return the account, as of the last successful poll."""


@dataclass(frozen=True, kw_only=True)
class IssueDescription:
    """An issue, and the function that tells whether a server has it."""

    key: str
    severity: ir.IssueSeverity
    is_open_fn: Callable[[PolledServer], bool | None]
    """Returns None if that is unknown at the moment."""
    placeholders_fn: Callable[[PolledServer], dict[str, str]] = lambda _: {}
    """Placeholders of the text, besides the title and the URL of the server."""
    is_fixable: bool = True
    """Whether another URL, or other credentials, fix it."""
    learn_more_url: str | None = None


def _is_too_old(server: PolledServer) -> bool | None:
    is_supported = server.client.capabilities.is_supported
    return None if is_supported is None else not is_supported


def _is_login_required(server: PolledServer) -> bool | None:
    """Return whether a server requires a login but the entry has no credentials."""
    if server.last_update_success:
        return False
    if isinstance(server.last_exception, ConfigEntryAuthFailed):
        return server.config_entry.data.keys().isdisjoint(CREDENTIAL_KEYS)
    return None


def _is_account_restricted(server: PolledServer) -> bool | None:
    profile = server.profile
    return None if profile.role is None else not profile.is_admin


def _is_certificate_unverified(server: PolledServer) -> bool:
    data = server.config_entry.data
    url = URL(data[CONF_URL])
    return (
        url.scheme == "https"
        and not data[CONF_VERIFY_SSL]
        and is_public(url.host or "")
    )


def _clocks(clock: ServerClock) -> dict[str, str]:
    """Return what both clocks showed when they were compared last.

    This does not change with each poll, as each change would update the issue.
    """
    at = clock.measured_at
    return {
        "seconds": f"{abs(clock.offset):.0f}",
        "home_assistant": _local_time(at),
        "frigate": _local_time(clock.estimate(at)),
    }


def _local_time(timestamp: float) -> str:
    local = dt_util.as_local(dt_util.utc_from_timestamp(timestamp))
    return local.strftime("%Y-%m-%d %H:%M:%S")


ISSUES: tuple[IssueDescription, ...] = (
    IssueDescription(
        key="unsupported_version",
        severity=ir.IssueSeverity.ERROR,
        is_open_fn=_is_too_old,
        placeholders_fn=lambda server: {
            "version": str(server.client.capabilities.version)
        },
        is_fixable=False,
        learn_more_url=UPDATE_GUIDE_URL,
    ),
    IssueDescription(
        key="login_required",
        severity=ir.IssueSeverity.ERROR,
        is_open_fn=_is_login_required,
    ),
    IssueDescription(
        key="restricted_account",
        severity=ir.IssueSeverity.WARNING,
        is_open_fn=_is_account_restricted,
        placeholders_fn=lambda server: {
            "username": server.profile.username or "?",
            "role": server.profile.role or "?",
        },
    ),
    IssueDescription(
        key="clocks_differ",
        severity=ir.IssueSeverity.WARNING,
        is_open_fn=lambda server: server.client.clock.differs_by(MAX_CLOCK_DIFFERENCE),
        placeholders_fn=lambda server: _clocks(server.client.clock),
        is_fixable=False,
    ),
    IssueDescription(
        key="unverified_certificate",
        severity=ir.IssueSeverity.WARNING,
        is_open_fn=_is_certificate_unverified,
    ),
)


@callback
def async_update_issues(server: PolledServer) -> None:
    """Create and delete the issues of a server; those that are unknown stay."""
    entry = server.config_entry
    if entry.state not in {ConfigEntryState.SETUP_IN_PROGRESS, ConfigEntryState.LOADED}:
        # This response arrived after the entry was unloaded.
        return
    for one in ISSUES:
        if (is_open := one.is_open_fn(server)) is None:
            continue
        if not is_open:
            ir.async_delete_issue(server.hass, DOMAIN, _issue_id(entry, one))
            continue
        ir.async_create_issue(
            server.hass,
            DOMAIN,
            _issue_id(entry, one),
            data={"entry_id": entry.entry_id},
            is_fixable=one.is_fixable,
            is_persistent=False,
            learn_more_url=one.learn_more_url,
            severity=one.severity,
            translation_key=one.key,
            translation_placeholders={
                "title": entry.title,
                "url": entry.data[CONF_URL],
                **{
                    name: server.client.mask(text)
                    for name, text in one.placeholders_fn(server).items()
                },
            },
        )


@callback
def async_close_issues_on_unload(hass: HomeAssistant) -> None:
    """Delete the issues of every entry that is unloaded, or whose setup fails.

    Issues that the user ignored stay: they are hidden anyway, and would otherwise appear
    again after a reload.
    """

    @callback
    def _entry_changed(_change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain != DOMAIN or entry.state is not ConfigEntryState.NOT_LOADED:
            return
        for issue_id in _issue_ids(entry):
            issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
            if issue is not None and issue.dismissed_version is None:
                ir.async_delete_issue(hass, DOMAIN, issue_id)

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, _entry_changed)


@callback
def async_delete_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete every issue of an entry that is removed."""
    for issue_id in _issue_ids(entry):
        ir.async_delete_issue(hass, DOMAIN, issue_id)


def _issue_id(entry: ConfigEntry, one: IssueDescription) -> str:
    return f"{one.key}_{entry.entry_id}"


def _issue_ids(entry: ConfigEntry) -> list[str]:
    return [_issue_id(entry, one) for one in ISSUES]
