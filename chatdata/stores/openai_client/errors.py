"""Failures of a request or its response as SendErrors: sentences for people that never contain the key."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chatdata.domain.text import json_or_text
from chatdata.errors import SendError
from chatdata.settings.stores import Endpoint
from chatdata.stores.openai_client.chunks import Received

if TYPE_CHECKING:
    from openai import APIError, APIStatusError

_LONGEST_TEXT = 20_000
_LONGEST_QUOTE = 600

_BY_STATUS = {
    400: "did not accept the request",
    401: "rejected the API key: check OPENAI_API_KEY",
    403: "does not allow this with the key of OPENAI_API_KEY: ask its owner, or choose another model",
    404: "does not know the model {model}, or OPENAI_BASE_URL is not the part before /chat/completions: check both",
    413: "rejected the messages as too large: send fewer",
    422: "did not accept the request",
    429: "received too many requests, or the account's quota is used up: wait a little, or check the account",
}


@contextmanager
def as_send_errors(endpoint: Endpoint, model: str, received: Received) -> Iterator[None]:
    """Converts the client's failures inside the block into SendErrors that name the endpoint and say what to try."""
    import openai
    from httpx2 import InvalidURL

    try:
        yield
    except openai.APITimeoutError as error:
        raise _too_late(endpoint, received) from error
    except openai.APIConnectionError as error:
        raise _disconnected(error, endpoint, received) from error
    except openai.APIStatusError as error:
        raise _refused(error, endpoint, model) from error
    except openai.APIError as error:
        raise _stopped(error, endpoint) from error
    except InvalidURL as error:
        raise SendError(f"{endpoint.shown} is not a valid URL. Check OPENAI_BASE_URL.") from error
    except (ValueError, RecursionError) as error:  # not JSON, or JSON of another form
        raise _foreign(endpoint) from error


def incomplete(endpoint: Endpoint, received: Received) -> SendError:
    """The error for a response that ended without a finish reason."""
    return _cut_off(endpoint) if received.any else _foreign(endpoint)


def no_client() -> SendError:
    """The error for a client that can't be created, which happens when the environment's proxies are invalid."""
    return SendError("No connection can be made. Check the proxies in HTTP_PROXY, HTTPS_PROXY and ALL_PROXY.")


def unwritable(error: Exception) -> SendError:
    """The error for messages that can't be serialized into a request."""
    if isinstance(error, UnicodeEncodeError):
        what = "hold half a character (a lone surrogate): correct the message that has it"
    else:
        what = "can't be written as JSON: correct the message that has another kind of value"
    return SendError(f"Nothing was sent, because the messages {what}.")


def _too_late(endpoint: Endpoint, received: Received) -> SendError:
    happened = f"The response from {endpoint.shown} stopped" if received.any else f"{endpoint.shown} did not respond"
    waited = f"no data for {endpoint.timeout:g} seconds"
    return SendError(f"{happened}: {waited}. Try again, or set INSPECTOR_SEND_TIMEOUT to more seconds.")


def _disconnected(error: Exception, endpoint: Endpoint, received: Received) -> SendError:
    if received.any:
        return _cut_off(endpoint)
    reason = _without_key(str(error.__cause__ or error), endpoint).rstrip(".")
    return SendError(f"{endpoint.shown} can't be reached: {reason}. Check OPENAI_BASE_URL and that the server runs.")


def _cut_off(endpoint: Endpoint) -> SendError:
    return SendError(f"The response from {endpoint.shown} was cut off. Try again.")


def _foreign(endpoint: Endpoint) -> SendError:
    hint = "Check OPENAI_BASE_URL: it is the part before /chat/completions and usually ends in /v1."
    return SendError(f"{endpoint.shown} did not return a stream of chat completions. {hint}")


def _refused(error: "APIStatusError", endpoint: Endpoint, model: str) -> SendError:
    text = _provider_text(error.body, endpoint)
    what = _what(error.status_code).format(model=model)
    return SendError(f"{endpoint.shown} {what} ({error.status_code}).{_quoted(text)}", text)


def _what(status: int) -> str:
    if status < 400:
        return "redirects requests, which is not followed: set OPENAI_BASE_URL to the new address"
    if status >= 500:
        return "had an internal error: try again later"
    return _BY_STATUS.get(status, "refused the request")


def _stopped(error: "APIError", endpoint: Endpoint) -> SendError:
    """The error for an error event within the stream."""
    text = _provider_text(error.body or error.message, endpoint)
    return SendError(f"{endpoint.shown} ended the response with an error. Try again.{_quoted(text)}", text)


def _quoted(text: str | None) -> str:
    if text is None:
        return ""
    shown = text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"
    return f" It says: {shown}"


def _provider_text(body: object, endpoint: Endpoint) -> str | None:
    """The message in the body of an error; None for an empty body and for a web page."""
    message = body
    if isinstance(body, Mapping):
        message = body.get("message") or body.get("detail") or body.get("error") or dict(body)
    text = json_or_text(message)
    text = _without_key(text.strip(), endpoint)[:_LONGEST_TEXT]
    return None if not message or text.startswith("<") else text


def _without_key(text: str, endpoint: Endpoint) -> str:
    return text.replace(endpoint.api_key, "(the key)") if endpoint.api_key else text
