"""Requests one chat completion and streams the response, using OpenAI's own client."""

import logging
from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import parse_qsl, urlsplit

from chatdata.settings.stores import Endpoint
from chatdata.stores.openai_client.chunks import AnswerUsage, Received, RequestedCall
from chatdata.stores.openai_client.errors import as_send_errors, incomplete, no_client, unwritable

if TYPE_CHECKING:  # importing openai takes longer than all other imports together
    from openai import OpenAI, Stream
    from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

_VERBOSE_LOGGERS = ("openai", "httpx2", "httpcore2")


class StreamingResponse(Iterator[str]):
    """A streamed response: iterate over its pieces of text, then read its other properties.

    The request is sent when the first piece is requested. Iterating raises SendError on failure; `text` then has what
    was received. Closing or dropping the object closes the connection, so that the server stops generating.
    """

    def __init__(self, endpoint: Endpoint, messages: Iterable[Mapping[str, Any]], model: str) -> None:
        self.model = model
        self._received = Received()
        # The generator does not reference this object: a cycle would keep the connection open until garbage collection.
        self._pieces = _receive(endpoint, list(messages), model, self._received)

    def __next__(self) -> str:
        return next(self._pieces)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection, which ends the response."""
        self._pieces.close()

    @property
    def text(self) -> str:
        """All text received so far."""
        return "".join(self._received.text)

    @property
    def refusal(self) -> str:
        """The model's refusal to answer; empty for most responses."""
        return self._received.refusal

    @property
    def finish_reason(self) -> str | None:
        """Why the response ended, such as stop, length or tool_calls; None before its end."""
        return self._received.finish_reason

    @property
    def usage(self) -> AnswerUsage | None:
        """The token counts reported by the server; None before the end, and from servers that report none."""
        return self._received.usage

    @property
    def tool_calls(self) -> tuple[RequestedCall, ...]:
        """The requested tool calls, in order."""
        return tuple(call for _, call in sorted(self._received.calls.items()))


def send(endpoint: Endpoint, messages: Iterable[Mapping[str, Any]], *, model: str | None = None) -> StreamingResponse:
    """The response of an endpoint to these payload messages, from its configured model unless one is given.

    The request is never retried, and redirects are not followed, so the messages go only where the setting says.
    """
    return StreamingResponse(endpoint, messages, model or endpoint.model)


def _receive(
    endpoint: Endpoint, messages: list[Mapping[str, Any]], model: str, received: Received
) -> Generator[str, None, None]:
    with as_send_errors(endpoint, model, received):
        with _client(endpoint) as client, _stream(client, messages, model) as stream:
            for chunk in stream:
                if text := received.take(_plain(chunk)):
                    yield text
        if received.finish_reason is None:
            raise incomplete(endpoint, received)


def _client(endpoint: Endpoint) -> "OpenAI":
    from openai import DefaultHttpxClient, OpenAI

    for name in _VERBOSE_LOGGERS:  # at debug level they log URLs and headers
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        connections = DefaultHttpxClient(timeout=endpoint.timeout, follow_redirects=False)
    except (ValueError, ImportError) as error:
        raise no_client() from error
    url = urlsplit(endpoint.base_url)
    return OpenAI(
        base_url=url._replace(query="", fragment="").geturl(),
        default_query=dict(parse_qsl(url.query)),
        api_key=endpoint.api_key,
        max_retries=0,
        http_client=connections,
    )


def _stream(client: "OpenAI", messages: list[Mapping[str, Any]], model: str) -> "Stream[ChatCompletionChunk]":
    try:
        return client.chat.completions.create(
            model=model,
            messages=cast("list[ChatCompletionMessageParam]", messages),
            stream=True,
            stream_options={"include_usage": True},
        )
    except (TypeError, ValueError) as error:
        raise unwritable(error) from error


def _plain(chunk: object) -> object:
    """A chunk as a JSON value, because the client does not validate what a server sends."""
    from openai import BaseModel

    return chunk.to_dict(warnings=False) if isinstance(chunk, BaseModel) else chunk
