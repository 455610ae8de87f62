"""Maps the client's errors to Home Assistant's exceptions, here and nowhere else.

One table gives each class of error its translation key. The same key names the error
text of a form in the config flow and the message of an exception.
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
    FrigateRangeError,
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
    FrigateVideoError,
    FrigateWrongPasswordError,
)
from .const import DOMAIN

# The first match counts, so subclasses come before their base classes.
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
    (FrigateRangeError, "bad_request"),
    (FrigateValidationError, "bad_request"),
    (FrigateRateLimitError, "rate_limited"),
    (FrigateStartingError, "starting"),
    (FrigateServerError, "server_error"),
    (FrigateRedirectError, "login_redirect"),
    (FrigateContentError, "not_frigate"),
    (FrigateVideoError, "no_live_video"),
    (FrigateArgumentError, "bad_request"),
    (FrigateClosedError, "closed"),
)


def error_key(err: FrigateError) -> str:
    """Return the translation key of a client error."""
    return error_key_of_class(type(err))


def error_key_of_class(kind: type[FrigateError]) -> str:
    """Return the translation key of a class of client errors."""
    return next(
        (key for one, key in _TRANSLATION_KEYS if issubclass(kind, one)), "unknown"
    )


def error_placeholders(err: FrigateError) -> dict[str, str]:
    """Return the placeholders of an error's text: the server's message, without a full stop."""
    return {"message": err.message.rstrip(".")}


def is_auth_error(err: FrigateError) -> bool:
    """Return whether the server, or a proxy in front of it, requires a login."""
    return isinstance(err, (FrigateAuthError, FrigateRedirectError))


def is_refusal(err: BaseException | None) -> bool:
    """Return whether the server did answer a poll, and answered no."""
    return isinstance(
        err,
        (
            FrigateAuthError,
            FrigateForbiddenError,
            FrigateRateLimitError,
            FrigateRedirectError,
        ),
    )


def is_retryable(err: FrigateError) -> bool:
    """Return whether sending a query again may succeed."""
    was_repeated = isinstance(err, FrigateConnectionError) and err.was_repeated
    return is_no_response(err) and not was_repeated


def is_no_response(err: FrigateError) -> bool:
    """Return whether there was no response, for a reason that may pass."""
    return isinstance(err, (FrigateConnectionError, FrigateStartingError)) and (
        not isinstance(err, FrigateTLSError)
    )


def is_outcome_unknown(err: FrigateError) -> bool:
    """Return whether a command may have been executed despite the error."""
    if not err.may_have_acted:
        return False
    if isinstance(err, FrigateResponseError):
        # The proxy got no answer from Frigate, so it does not know either.
        return err.status in {502, 504}
    return isinstance(err, FrigateConnectionError) and not isinstance(
        err, (FrigateTLSError, FrigateUnreachableError)
    )


@contextmanager
def coordinator_errors() -> Generator[None]:
    """Raise client errors as the exceptions that a coordinator handles."""
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
    """Raise client errors as the exceptions that users see.

    An authentication error also starts a reauthentication flow.
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
    """Start a reauthentication flow if this is an authentication error."""
    if is_auth_error(err):
        entry.async_start_reauth(hass)


def action_error_from(err: FrigateError) -> HomeAssistantError:
    """Return the exception that users see for a client error."""
    return action_error(error_key(err), **error_placeholders(err))


def validation_error(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the translated exception for invalid input."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )


def action_error(key: str, **placeholders: str) -> HomeAssistantError:
    """Return the translated exception for valid input that failed nevertheless."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )
