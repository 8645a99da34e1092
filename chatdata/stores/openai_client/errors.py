"""What went wrong with a request or its answer, as SendErrors: sentences for people, never with the key."""

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
    401: "refused the key: check OPENAI_API_KEY",
    403: "does not allow this with the key of OPENAI_API_KEY: ask its owner, or choose another model",
    404: "knows no model {model}, or OPENAI_BASE_URL is not the part before /chat/completions: check both",
    413: "says that the messages are too large: send fewer",
    422: "did not accept the request",
    429: "has had too many requests, or the account is used up: wait a little, or look at the account",
}


@contextmanager
def told(endpoint: Endpoint, model: str, received: Received) -> Iterator[None]:
    """Turns the client's failures inside into SendErrors that name the endpoint and say what to try."""
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
        raise SendError(f"{endpoint.shown} is no address. Check OPENAI_BASE_URL.") from error
    except (ValueError, RecursionError) as error:  # it is no JSON, or of another form
        raise _foreign(endpoint) from error


def incomplete(endpoint: Endpoint, received: Received) -> SendError:
    """For an answer that was over before it said why."""
    return _broken_off(endpoint) if received.any else _foreign(endpoint)


def no_client() -> SendError:
    """For a client that can't be made: it is the environment's proxies that it reads then."""
    return SendError("No connection can be made. Check the proxies in HTTP_PROXY, HTTPS_PROXY and ALL_PROXY.")


def unwritable(error: Exception) -> SendError:
    """For messages that no request can carry."""
    if isinstance(error, UnicodeEncodeError):
        what = "hold half a character (a lone surrogate): correct the message that has it"
    else:
        what = "can't be written as JSON: correct the message that holds something else"
    return SendError(f"Nothing was sent, since the messages {what}.")


def _too_late(endpoint: Endpoint, received: Received) -> SendError:
    happened = f"The answer of {endpoint.shown} stopped" if received.any else f"{endpoint.shown} did not answer"
    waited = f"nothing came for {endpoint.timeout:g} seconds"
    return SendError(f"{happened}: {waited}. Try again, or set INSPECTOR_SEND_TIMEOUT to more seconds.")


def _disconnected(error: Exception, endpoint: Endpoint, received: Received) -> SendError:
    if received.any:
        return _broken_off(endpoint)
    reason = _without_key(str(error.__cause__ or error), endpoint).rstrip(".")
    return SendError(f"{endpoint.shown} can't be reached: {reason}. Check OPENAI_BASE_URL and that the server runs.")


def _broken_off(endpoint: Endpoint) -> SendError:
    return SendError(f"The answer of {endpoint.shown} broke off before its end. Try again.")


def _foreign(endpoint: Endpoint) -> SendError:
    hint = "Check OPENAI_BASE_URL: it is the part before /chat/completions and mostly ends in /v1."
    return SendError(f"What {endpoint.shown} answered is no stream of chat completions. {hint}")


def _refused(error: "APIStatusError", endpoint: Endpoint, model: str) -> SendError:
    text = _provider_text(error.body, endpoint)
    what = _what(error.status_code).format(model=model)
    return SendError(f"{endpoint.shown} {what} ({error.status_code}).{_quoted(text)}", text)


def _what(status: int) -> str:
    if status < 400:
        return "sends requests elsewhere, which is not followed: set OPENAI_BASE_URL to there"
    if status >= 500:
        return "has a fault of its own: try again later"
    return _BY_STATUS.get(status, "refused the request")


def _stopped(error: "APIError", endpoint: Endpoint) -> SendError:
    """For an error that stood in the stream itself."""
    text = _provider_text(error.body or error.message, endpoint)
    return SendError(f"{endpoint.shown} stopped the answer with an error. Try again.{_quoted(text)}", text)


def _quoted(text: str | None) -> str:
    if text is None:
        return ""
    shown = text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"
    return f" It says: {shown}"


def _provider_text(body: object, endpoint: Endpoint) -> str | None:
    """The words in the body of an error; None for an empty one and for a web page."""
    words = body
    if isinstance(body, Mapping):
        words = body.get("message") or body.get("detail") or body.get("error") or dict(body)
    text = json_or_text(words)
    text = _without_key(text.strip(), endpoint)[:_LONGEST_TEXT]
    return None if not words or text.startswith("<") else text


def _without_key(text: str, endpoint: Endpoint) -> str:
    return text.replace(endpoint.api_key, "(the key)") if endpoint.api_key else text
