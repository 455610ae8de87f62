"""The only place where the client's errors become Home Assistant's.

One table gives each kind of error its translation key; the same key names the text in
a form of the config flow and the text of an exception.
"""

from collections.abc import Generator
from contextlib import contextmanager

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    HomeAssistantError,
    ServiceValidationError,
)
from homeassistant.helpers.update_coordinator import UpdateFailed

from .aiofrigate import (
    FrigateArgumentError,
    FrigateAuthError,
    FrigateBadRequestError,
    FrigateClosedError,
    FrigateConflictError,
    FrigateConnectionError,
    FrigateContentError,
    FrigateError,
    FrigateForbiddenError,
    FrigateNotFoundError,
    FrigateRateLimitError,
    FrigateRedirectError,
    FrigateResponseError,
    FrigateServerError,
    FrigateStartingError,
    FrigateTimeoutError,
    FrigateTLSError,
    FrigateTLSProtocolError,
    FrigateTLSUntrustedError,
    FrigateUnreachableError,
    FrigateValidationError,
    FrigateWrongPasswordError,
)
from .const import DOMAIN

# The first that fits counts: what is more special stands before what is more general.
_TRANSLATION_KEYS: tuple[tuple[type[FrigateError], str], ...] = (
    (FrigateTimeoutError, "timeout"),
    (FrigateTLSUntrustedError, "tls_untrusted"),
    (FrigateTLSProtocolError, "tls_protocol"),
    (FrigateConnectionError, "cannot_connect"),
    (FrigateAuthError, "invalid_auth"),
    (FrigateWrongPasswordError, "wrong_password"),
    (FrigateForbiddenError, "forbidden"),
    (FrigateNotFoundError, "not_found"),
    (FrigateBadRequestError, "bad_request"),
    (FrigateConflictError, "bad_request"),
    (FrigateValidationError, "bad_request"),
    (FrigateRateLimitError, "rate_limited"),
    (FrigateStartingError, "starting"),
    (FrigateServerError, "server_error"),
    (FrigateRedirectError, "login_redirect"),
    (FrigateContentError, "not_frigate"),
    (FrigateArgumentError, "bad_request"),
    (FrigateClosedError, "closed"),
)


def error_key(err: FrigateError) -> str:
    """Return the translation key for an error of the client."""
    return error_key_of_class(type(err))


def error_key_of_class(kind: type[FrigateError]) -> str:
    """Return the translation key for a kind of errors of the client."""
    return next(
        (key for one, key in _TRANSLATION_KEYS if issubclass(kind, one)), "unknown"
    )


def error_placeholders(err: FrigateError) -> dict[str, str]:
    """Return what the text for an error mentions: the server's words, as a phrase."""
    return {"message": err.message.rstrip(".")}


def is_auth_error(err: FrigateError) -> bool:
    """Return whether the server, or a proxy before it, wants to know who we are."""
    return isinstance(err, (FrigateAuthError, FrigateRedirectError))


def is_retryable(err: FrigateError) -> bool:
    """Return whether a query may be answered if it is sent once more."""
    was_repeated = isinstance(err, FrigateConnectionError) and err.was_repeated
    return is_no_response(err) and not was_repeated


def is_no_response(err: FrigateError) -> bool:
    """Return whether the server said nothing, which it may do later."""
    return isinstance(err, (FrigateConnectionError, FrigateStartingError)) and (
        not isinstance(err, FrigateTLSError)
    )


def is_outcome_unknown(err: FrigateError) -> bool:
    """Return whether a command may have been carried out in spite of an error."""
    if not err.may_have_acted:
        return False
    if isinstance(err, FrigateResponseError):
        # The proxy before Frigate got no answer, and does not know either.
        return err.status in {502, 504}
    return isinstance(err, FrigateConnectionError) and not isinstance(
        err, (FrigateTLSError, FrigateUnreachableError)
    )


@contextmanager
def coordinator_errors() -> Generator[None]:
    """Turn the client's errors into those that a coordinator understands."""
    try:
        yield
    except FrigateError as err:
        if is_auth_error(err):
            raise ConfigEntryAuthFailed(
                translation_domain=DOMAIN,
                translation_key=error_key(err),
                translation_placeholders=error_placeholders(err),
            ) from err
        raise UpdateFailed(
            translation_domain=DOMAIN,
            translation_key=error_key(err),
            translation_placeholders=error_placeholders(err),
            retry_after=getattr(err, "retry_after", None),
        ) from err


@contextmanager
def action_errors(hass: HomeAssistant, entry: ConfigEntry) -> Generator[None]:
    """Turn the client's errors into those that a person is shown.

    Where the login was lost, Home Assistant asks for a new one.
    """
    try:
        yield
    except FrigateArgumentError as err:
        raise validation_error(error_key(err), **error_placeholders(err)) from err
    except FrigateError as err:
        async_handle_lost_login(hass, entry, err)
        raise action_error_from(err) from err


@callback
def async_handle_lost_login(
    hass: HomeAssistant, entry: ConfigEntry, err: FrigateError
) -> None:
    """Start a reauthentication if an error says that the login was lost."""
    if is_auth_error(err):
        entry.async_start_reauth(hass)


def action_error_from(err: FrigateError) -> HomeAssistantError:
    """Return the error that a person is shown for one of the client's."""
    return action_error(error_key(err), **error_placeholders(err))


def validation_error(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error for what a caller got wrong; `placeholders` fill its text."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )


def action_error(key: str, **placeholders: str) -> HomeAssistantError:
    """Return the error for what was right and still did not work."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )
